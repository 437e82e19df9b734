import Profiles

/// Text of IAM Identity Center as part of a profile's name, in which all SDKs and shells accept only ASCII letters,
/// digits and a few signs.
///
/// Letters with marks become ASCII letters, German ones as German spells them without marks. A slash, and every other
/// character that a name cannot have, becomes a hyphen, and a run of them a single one. No hyphen begins or ends the
/// result.
///
/// - Parameter limit: the most bytes.
func safeName(_ text: String, limit: Int = 64) -> String {
    var name = ""
    // A hyphen that is yet to be written, and whether any other character became part of it.
    var hyphens = 0
    var isReplaced = false
    for character in text {
        let word = latin[character] ?? withoutMarks(character)
        for byte in word.utf8 {
            if byte == UInt8(ascii: "-") {
                hyphens += 1
            } else if isPlain(byte) {
                if !name.isEmpty { name += isReplaced ? "-" : String(repeating: "-", count: hyphens) }
                (hyphens, isReplaced) = (0, false)
                name.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                isReplaced = true
            }
        }
        if name.utf8.count >= limit { break }
    }
    return String(Substring(name.utf8.prefix(limit)))
}

/// What a name may contain, apart from a hyphen. Profile names may have a slash too, but some tools take it for a
/// folder's.
private func isPlain(_ byte: UInt8) -> Bool {
    isNameByte(byte) && byte != UInt8(ascii: "/") && byte != UInt8(ascii: "-")
}

private func withoutMarks(_ character: Character) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: character.unicodeScalars.filter { $0.properties.generalCategory != .nonspacingMark })
    return String(text)
}

/// Letters of Latin-1 and Latin Extended-A. A `Character` is the same letter however it is composed.
private let latin: [Character: String] = {
    var table: [Character: String] = [
        "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "Ae",
        "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ĳ": "ij", "Ĳ": "IJ",
    ]
    for (plain, letters) in [
        ("a", "àáâãåāăą"), ("A", "ÀÁÂÃÅĀĂĄ"), ("c", "çćĉċč"), ("C", "ÇĆĈĊČ"), ("d", "ďđ"), ("D", "ĎĐ"),
        ("e", "èéêëēĕėęě"), ("E", "ÈÉÊËĒĔĖĘĚ"), ("g", "ĝğġģ"), ("G", "ĜĞĠĢ"), ("h", "ĥħ"), ("H", "ĤĦ"),
        ("i", "ìíîïĩīĭįı"), ("I", "ÌÍÎÏĨĪĬĮİ"), ("j", "ĵ"), ("J", "Ĵ"), ("k", "ķ"), ("K", "Ķ"), ("l", "ĺļľŀł"),
        ("L", "ĹĻĽĿŁ"), ("n", "ñńņňŋ"), ("N", "ÑŃŅŇŊ"), ("o", "òóôõōŏő"), ("O", "ÒÓÔÕŌŎŐ"), ("r", "ŕŗř"),
        ("R", "ŔŖŘ"), ("s", "śŝşšș"), ("S", "ŚŜŞŠȘ"), ("t", "ţťŧț"), ("T", "ŢŤŦȚ"), ("u", "ùúûũūŭůűų"),
        ("U", "ÙÚÛŨŪŬŮŰŲ"), ("w", "ŵ"), ("W", "Ŵ"), ("y", "ýÿŷ"), ("Y", "ÝŸŶ"), ("z", "źżž"), ("Z", "ŹŻŽ"),
    ] {
        for letter in letters { table[letter] = plain }
    }
    return table
}()
