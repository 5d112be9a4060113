//! What is let in, and what is refused with what it is.

use super::*;

/// The refusal of a changed sample: `old` bytes, which are in it once, replaced by `new`.
fn with(old: &[u8], new: &[u8]) -> LinkError {
    let sample = to_binary(&run(&samples(ActionCode::Propose))).unwrap();
    let found: Vec<_> = sample.windows(old.len()).enumerate().filter(|(_, window)| *window == old).collect();
    let [(at, _)] = found[..] else { panic!("{old:?} is {} times in {sample:?}", found.len()) };
    let binary = [&sample[..at], new, &sample[at + old.len()..]].concat();
    from_binary(&binary).unwrap_err()
}

const TAIL: &[u8] = b"\x01\x01\x05\x02\xc3\xa9";

#[test]
fn what_cannot_be_in_a_link_is_refused_with_what_it_is() {
    let nodes = |new: &[u8]| with(b"\x01\x05\x00\x02\x00", &[new, b"\x00\x02\x00"].concat());
    let last = |new: &[u8]| with(TAIL, new);
    let table: &[(LinkError, &str)] = &[
        (with(b"\x01\x050", b"\x02\x050"), "newer version of Quorum: it has a run of format 2, which version 0.1.0"),
        (with(b"\x050.1.0", b"\x050.1.\xff"), "It has the version of its program as no text."),
        (with(b"\x050.1.0", b"\x410.1.0"), "at most 64 are possible"),
        (with(b"\x050.1.0", b"\x400.1.0"), "It ends in the middle of the bytes of the version of its program."),
        (with(b"\xac\x02\x02", b"\xac\x02\xad\x02"), "It points at a step before its beginning."),
        (with(b"\xac\x02\x02", b"\x02\x00"), "interventions after its end"),
        (with(b"\xac\x02\x02", b"\xc1\x84\x3d\x00"), &format!("at most {MAX_STEPS} steps")),
        (with(b"\xac\x02\x02", &[0xff; 11]), "It has its length as a number that is not written as numbers are."),
        (with(b"\xac\x02\x02", b"\xac\x82\x00\x02"), "not written as numbers are"),
        (with(b"\xac\x02\x02", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\x02"), "not written as numbers are"),
        (nodes(b"\x01\x00"), "A cluster has 1 to 101 servers, and this config asks for 0."),
        (nodes(b"\x01\x66"), "asks for 102."),
        (nodes(b"\x01\x80\x80\x80\x80\x10"), "It has 4294967296 as the number of its servers, which is too much."),
        (nodes(b"\x02\x07"), "it has a protocol with number 7, which"),
        (nodes(b"\x03\x80\x80\x80\x80\x80\x80\x80\x10"), "A seed is a whole number from 0 to 9007199254740991"),
        (nodes(b"\x04\x03"), "it has a kind of quorums with number 3, which"),
        (nodes(b"\x04\x02\x01\x02"), "need not share one"),
        (nodes(b"\x05\x00"), "it has a ballot scheme with number 0, which"),
        (nodes(b"\x06\x66"), "It has 102 as the number of the roles of its servers, and at most 101 are possible."),
        (nodes(b"\x06\x03\x7f"), "It ends in the middle of the roles of a server."),
        (nodes(b"\x06\x03\x01\x04"), "it has a role with number 4, which"),
        (nodes(b"\x06\x02\x01\x01\x01\x02"), "Roles has one list for each of the 3 servers"),
        (nodes(b"\x07\x02"), "it has a kind of backoff with number 2, which"),
        (nodes(b"\x08\xe9\x07"), "It has a probability of 1001 thousandths."),
        (nodes(b"\x08\xe9\x87\x04"), "It has a probability of 66537 thousandths."),
        (nodes(b"\x0a\x09\x05"), "Latency is two numbers of milliseconds"),
        (nodes(b"\x0b\x09\x05"), "Disk is two numbers of milliseconds"),
        (nodes(b"\x0c\x00"), "Retry is 1 to 60000 milliseconds"),
        (nodes(b"\x17\x01"), "it has a field of the config with number 23, which"),
        (
            nodes(b"\x02\x02\x15\x00"),
            "Servers remember 1 to 1000000 sessions of clients, or all of them, and this config says 0.",
        ),
        (nodes(b"\x0f\x01"), "It has fields of a replicated log, and is none."),
        (nodes(b"\x02\x02\x0f\x00"), "A window is 1 to 1000 slots, and this config says 0."),
        (nodes(b"\x02\x02\x10\x03"), "it has a kind of election with number 3, which"),
        (nodes(b"\x01\x05\x01\x05"), "The fields of its config are not in order."),
        (nodes(b"\x03\x05\x01\x05"), "The fields of its config are not in order."),
        (last(b"\x01\x01\x00\x02\xc3\xa9"), "There is no server 0"),
        (last(b"\x01\x01\x66\x02\xc3\xa9"), "There is no server 102"),
        (last(b"\x01\x01\x05\x00"), "A value cannot be empty"),
        (last(&[b"\x01\x01\x05\x41".as_slice(), &[b'x'; 65]].concat()), "at most 64 are possible"),
        (last(b"\x01\x01\x05\x02\xc3"), "It ends in the middle of the bytes of a value."),
        (last(b"\x01\x01\x05\x02\xc3\xc3"), "It has a value as no text."),
        (last(b"\x01\x0c\x05\x00\x00"), "it has something with number 0 after its interventions"),
        (last(b"\x01\x0c\x05\x01\x00\x00"), "It says that something is said about it, and nothing is."),
        (last(b"\x01\x0c\x05\x01\x01A\x00\x00"), "Something follows after its end."),
        (last(b"\x01\x0c\x05\x01\x01A\x01\xff\x7f\x01B"), "note at step"),
        (last(b"\xab\x02\x0c\x05"), "interventions after its end"),
        (last(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x0c\x05"), "It has an intervention after its end."),
        (last(b"\x01\x08\x05\x06"), "it has a timer with number 6, which"),
        (last(b"\x01\x02\x80\x80\x80\x80\x10"), "as the number of a message, which is too much"),
        (last(b"\x01\x15\x66"), "at most 101 are possible"),
        (last(b"\x01\x15\x02\x01\x01"), "It ends in the middle of the groups of a partition."),
        (last(b"\x01\x15\x02\x01\x01\x01\x01"), "It has a partition that lists server 1 twice."),
        (last(b"\x01\x15\x01\x00\x01"), "It has a partition with an empty group."),
        (last(b"\x01\x17\x08\x01"), "it has a change of the network with number 8, which"),
        (last(b"\x01\x17\x01\xe9\x07"), "It has a probability of 1001 thousandths."),
        (last(b"\x01\x17\x04\x09\x05"), "Latency is two numbers of milliseconds"),
        (last(&[]), "It ends in the middle of the step of an intervention."),
        (with(b"\x00\x02\x00\x01\x01\x04", b"\x00\xa1\x8d\x06\x00\x01\x01\x04"), &format!("most {MAX_INTERVENTIONS}")),
        (with(b"\x00\x02\x00\x01\x01\x04", b"\x00\x40\x00\x01\x01\x04"), "It ends in the middle of its interventions."),
    ];
    for (error, says) in table {
        let text = error.to_string();
        assert!(text.contains(says), "{text}\nshould say: {says}");
        assert!(text.ends_with(" again.") || text.ends_with("from its first character to its last."), "{text}");
    }
}

#[test]
fn text_that_is_no_link_is_refused_with_what_to_do() {
    let link = to_link(&run(&samples(ActionCode::Propose))).unwrap();
    let good = link.strip_prefix("#q1.").unwrap();
    let bomb = pack(&vec![0; MAX_UNPACKED_BYTES + 1]);
    let trailing = BASE64.encode([BASE64.decode(good).unwrap(), vec![0]].concat());
    let table: &[(&str, &str)] = &[
        ("", "This is not a link to a run: there is no \"#q1.\" in it. Copy the whole address."),
        ("#", "not a link to a run"),
        ("https://example.org/", "not a link to a run"),
        ("#step=4", "not a link to a run"),
        (&format!("#q01.{good}"), "not a link to a run"),
        (&format!("#q.{good}"), "not a link to a run"),
        (&format!("#Q1.{good}"), "not a link to a run"),
        (&format!("#q1{good}"), "not a link to a run"),
        (&format!("#q2.{good}"), "made by a newer version of Quorum: it has format q2, which version 0.1.0 does not"),
        (&format!("#q10.{}", "*".repeat(100_000)), "format q10"),
        (&format!("{link}="), "The character '=' does not belong into it."),
        (&format!("#q1.{}+", &good[1..]), "The character '+' does not belong into it."),
        (&format!("#q1. {good}"), "The character ' ' does not belong into it."),
        (&format!("#q1.é{good}"), "The character 'é' does not belong into it."),
        (&format!("#q1.{good}\u{202e}A"), "The character '\\u{202e}' does not belong into it."),
        ("#q1.", "Something is missing at its end."),
        ("#q1.A", "Something is missing at its end."),
        ("#q1.AB", "Something is missing at its end."),
        (&format!("#q1.{}", BASE64.encode([0b111])), "It cannot be unpacked."),
        (&format!("#q1.{trailing}"), "Something follows after its end."),
        (&format!("#q1.{}", "A".repeat(MAX_LINK_BYTES)), "is 8195 bytes long, and at most 8192 can be opened. Ask"),
        (&bomb, "It unpacks to more than 1048576 bytes."),
        (&pack(&[]), "It ends in the middle of its format."),
    ];
    for (text, says) in table {
        let error = from_link(text).unwrap_err().to_string();
        assert!(error.contains(says), "{error}\nshould say: {says}");
    }
    assert!(bomb.len() < MAX_LINK_BYTES, "or it is refused for its length");
}

#[test]
fn a_link_may_unpack_to_as_much_as_is_allowed_and_not_to_a_byte_more() {
    for size in [0, 1, 63, 64, 65, MAX_UNPACKED_BYTES] {
        assert_eq!(inflate(&compress_to_vec(&vec![7; size], 10)), Ok(vec![7; size]));
    }
    assert!(inflate(&compress_to_vec(&vec![7; MAX_UNPACKED_BYTES + 1], 10)).is_err());
    assert!(from_binary(&vec![0; MAX_UNPACKED_BYTES + 1]).unwrap_err().to_string().contains("1048577 bytes"));
}

#[test]
fn a_link_is_opened_however_it_was_pasted() {
    let run = run(&samples(ActionCode::Partition));
    let link = to_link(&run).unwrap();
    let bare = &link[1..];
    let encoded = link.replace('#', "%23").replace('A', "%41");
    for text in [
        bare,
        &link,
        &format!("https://example.org/lab/?x=1.5{link}"),
        &format!(" \n\t{link}\r\n"),
        // The # was lost.
        &format!("https://q1.example.org/lab/{bare}"),
        &format!("https://example.org/lab/?x=1.5&{bare}"),
        // A program has encoded it.
        &encoded,
        &format!("https://example.org/100%/{encoded}"),
        // A sentence ends with it.
        &format!("{link}."),
        &format!("{link}!?"),
        &format!("(https://example.org/{link})."),
        &format!("“{link}”,"),
        &format!("<{bare}>;"),
        &format!("`{link}`…"),
    ] {
        assert!(is_like_link(text), "{text}");
        assert_eq!(from_link(text).unwrap(), run, "{text}");
    }
    // Encoded or not, this is no link.
    for text in ["", "%", "%2", "%23", "%é3q", "100%", "a/q1.json", "q1", "#step=4"] {
        assert!(!is_like_link(text) && from_link(text).is_err(), "{text}");
    }
}

/// What a reader lets in, a writer writes, and it is the same run.
fn refused_or_sound(run: Result<Run, LinkError>) {
    if let Ok(run) = run {
        assert_eq!(from_binary(&to_binary(&run).unwrap()).unwrap(), run);
    }
}

#[test]
fn no_cut_and_no_flipped_bit_lets_in_what_is_not_sound() {
    let everything: Vec<_> = (0..=u8::MAX).filter_map(ActionCode::numbered).flat_map(samples).collect();
    let run = run(&everything);
    let (binary, link) = (to_binary(&run).unwrap(), to_link(&run).unwrap());
    for end in 0..binary.len() {
        assert!(matches!(from_binary(&binary[..end]), Err(LinkError::Damaged(_))), "cut at {end}");
    }
    for end in 0..link.len() {
        assert!(from_link(&link[..end]).is_err(), "cut at {end}");
    }
    let flips = |bytes: &[u8]| {
        let bytes = bytes.to_vec();
        (0..8 * bytes.len()).map(move |bit| {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            flipped
        })
    };
    flips(&binary).for_each(|flipped| refused_or_sound(from_binary(&flipped)));
    let packed = BASE64.decode(&link[4..]).unwrap();
    flips(&packed).for_each(|flipped| refused_or_sound(from_link(&format!("q1.{}", BASE64.encode(flipped)))));
    // A flip of the top bit leaves no text.
    let texts = flips(link.as_bytes()).filter_map(|flipped| String::from_utf8(flipped).ok());
    texts.for_each(|flipped| refused_or_sound(from_link(&flipped)));
}
