//! Where memory comes from.
//!
//! The standard allocator is a good one for big programs, and a twentieth of this small one. TLSF takes and gives back
//! in constant time too, and is half as large.

/// Only in a browser: elsewhere the system's own allocator costs nothing to download.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
