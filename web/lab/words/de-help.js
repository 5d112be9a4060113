// What the help says, in German: the keys are those of `en-help.js`.

/** @type {typeof import("./en-help.js").texts} */
export const texts = {
  introduction:
    "Server einigen sich durch Mehrheit auf einen Wert, obwohl Nachrichten verloren gehen und Server abstürzen. Spiele ab oder gehe Schritt für Schritt; drücke dann auf einen Server, eine Nachricht oder eine Verbindung, und versuche, sie uneins zu machen. Ziehe über Server, um sie abzutrennen; ein Finger muss vorher kurz ruhen.",
  notation:
    "Eine Nummer wie 3.1 ist ein Ballot: Runde 3 von Server 1. Eine gestrichelte Nachricht wartet auf eine Platte oder wird festgehalten. Ein Server mit schwarzem Rand ist ausgewählt.",
  heads: ["Nachrichten", "Server", "Platte", "Auf der Zeitleiste", "Tasten"],
  bundle: "so viele Nachrichten an einem Ort: Wer darauf zeigt oder sie ansteuert, erfährt, welche",
  cut: "an einer Verbindung: Es kommt nichts durch, in keiner Richtung",
  cutOneWay: "an einer Verbindung: In dieser Richtung kommt nichts durch",
  records: [
    "auf der Platte: übersteht einen Absturz",
    "geschrieben, noch nicht dauerhaft",
    "nur im Speicher",
    "welche Runden er begonnen hat, damit kein Ballot zweimal verwendet wird",
  ],
  servers: [
    "mit den anderen in dieser Farbe hat er einen Wert gewählt, ob es jemand weiß oder nicht",
    "wie viele Antworten er hat, von denen, die er braucht",
    "unter seiner Karte: Nachrichten, die noch nicht abgegangen sind, und worauf sie warten",
  ],
  line: [
    "ein Wert ist gewählt",
    "ein Server stürzt ab",
    "eine Regel der Sicherheit ist gebrochen",
    "von Hand getan",
    "eine Anmerkung der Lektion",
  ],
  keys: [
    ["Leer", "abspielen, anhalten"],
    ["← →", "um einen Takt zurück und weiter; mit Umschalt um einen Schritt"],
    ["Pos1 Ende", "der Anfang, das Ende"],
    ["1 … 9", "einen Server auswählen"],
    ["Tab", "Server, dann Nachrichten in der Reihenfolge, in der sie gesendet wurden"],
    ["Enter", "zu den Aktionen des Ausgewählten"],
    ["unterstrichen", "dieser Buchstabe löst die Aktion aus"],
    ["In der Raum-Zeit", "Pfeile: andere Ereignisse, Enter: dorthin, + und −: Zoom, 0: der ganze Lauf"],
    ["Esc", "schließen, abwählen"],
    ["?", "diese Hilfe"],
  ],
};
