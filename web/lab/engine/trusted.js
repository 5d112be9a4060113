// A page may demand that every address of a script comes from a policy that it knows (`require-trusted-types-for`).
// Ours is called `quorum-lab`, and knows one address.

/** @type {{ createScriptURL: (address: string) => unknown } | undefined} */
let policy;

/** @param {string} name of the policy @param {string} only the one address it knows
 * @returns {unknown} the address, as `new Worker()` takes it here; throws where the page does not allow the policy */
export function scriptAddress(name, only) {
  const { trustedTypes } = /** @type {any} */ (globalThis);
  if (!trustedTypes) return only;
  policy ??= trustedTypes.createPolicy(name, {
    createScriptURL(/** @type {string} */ address) {
      if (address !== only) throw new TypeError(`${address} is no script of the lab.`);
      return address;
    },
  });
  return policy?.createScriptURL(only);
}
