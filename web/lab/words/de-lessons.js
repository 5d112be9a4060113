// The lessons in German, by their sentences in English: whoever changes one of those is told by a test.

/** @type {Record<string, string>} */
export const lessons = {
  "First agreement": "Erste Einigung",
  "Three servers must agree on one value, although messages get lost and servers crash.":
    "Drei Server müssen sich auf einen Wert einigen, obwohl Nachrichten verloren gehen und Server abstürzen.",
  "Server 1 is asked for blue. It may not simply say so: it asks around first, with ballot 1.1. A ballot is a numbered attempt, here round 1 by server 1. The higher number wins.":
    "Server 1 wird um blue gebeten. Er darf es nicht einfach festlegen: Zuerst fragt er herum, mit Ballot 1.1. Ein Ballot ist ein nummerierter Versuch, hier Runde 1 von Server 1. Die höhere Nummer gewinnt.",
  "Server 3 promises 1.1: from now on it refuses every lower ballot. It says, too, that it has accepted nothing so far. The answer waits until the promise is safe on its disk.":
    "Server 3 verspricht 1.1: Von nun an lehnt er jeden niedrigeren Ballot ab. Er sagt auch, dass er bisher nichts akzeptiert hat. Die Antwort wartet, bis das Versprechen sicher auf seiner Platte ist.",
  "Two of three have promised: a majority, called a quorum. Any two majorities share a server, so no other can agree behind its back. Server 1 asks everyone to accept blue.":
    "Zwei von drei haben versprochen: eine Mehrheit, genannt Quorum. Zwei Mehrheiten haben immer einen Server gemeinsam, also kann sich keine hinter dem Rücken der anderen einigen. Server 1 bittet alle, blue zu akzeptieren.",
  "Server 3 accepts blue: it votes for it in ballot 1.1, because it has promised nothing higher. A vote counts once it is durable: on the disk, where it survives a crash.":
    "Server 3 akzeptiert blue: Er stimmt dafür in Ballot 1.1, weil er nichts Höheres versprochen hat. Eine Stimme zählt, sobald sie dauerhaft ist: auf der Platte, wo sie einen Absturz übersteht.",
  "The votes of servers 1 and 2 are durable, and two of three are a quorum: blue is chosen, for ever. No server knew it at that moment: each had heard of one vote at most.":
    "Die Stimmen von Server 1 und 2 sind dauerhaft, und zwei von drei sind ein Quorum: blue ist gewählt, für immer. In diesem Moment wusste es kein Server: Jeder hatte von höchstens einer Stimme gehört.",
  "Every server has now heard of two votes, so each has learned that blue is chosen. What still arrives changes nothing.":
    "Jeder Server hat nun von zwei Stimmen gehört, und so hat jeder gelernt, dass blue gewählt ist. Was noch ankommt, ändert nichts.",
};
