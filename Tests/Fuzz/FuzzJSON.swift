import JSON
import Secrets

/// A text that is read gives each member in one type alone, and its strings survive being written down again.
@Sendable func fuzzJSON(_ bytes: UnsafeRawBufferPointer) {
    do throws(JSONError) {
        check(try JSONObject(SecretBytes(input: bytes)))
    } catch {
        switch error {
        case .malformed(let offset), .loneSurrogate(let offset), .tooDeep(let offset):
            require((0...bytes.count).contains(offset), "offset \(offset) of \(bytes.count)")
        case .empty, .tooLarge, .notUTF8, .notAnObject: break
        case .wrongType: require(false, "a type before one is asked for")
        }
    }
}

private func check(_ object: borrowing JSONObject) {
    for key in object.keys {
        let isText = checkText(object, key)
        let number = try? object.integer(key)
        let truth = try? object.boolean(key)
        let texts = try? object.texts(key)
        let types = [isText, number != nil, truth != nil, checkObject(object, key)]
        try? object.forEachObject(key) { (inner) throws(JSONError) in check(inner) }
        require(types.count { $0 } <= 1, "a value has one type")
        require(!types.contains(true) || texts == nil, "a value is no array too")
        if let account = try? object.accountID(key), !isText {
            require(account.utf8.count == 12 && number != nil, "a number that is an account has twelve digits")
        }
    }
}

/// Whether the member is an object, whose members are then held to the same.
private func checkObject(_ object: borrowing JSONObject, _ key: String) -> Bool {
    switch try? object.object(key) {
    case .some(let inner):
        check(inner)
        return true
    case .none: return false
    }
}

/// Whether the member is a string; as a secret and as text it says the same, and so does its escaped form.
private func checkText(_ object: borrowing JSONObject, _ key: String) -> Bool {
    guard let text = try? object.text(key) else { return false }
    switch try? object.secret(key) {
    case .some(let secret): require(secret.array() == Array(text.utf8), "a secret is the text")
    default: require(false, "a text can be read as a secret")
    }
    let written = SecretBytes(text: "{" + escaped(key) + ":" + escaped(text) + "}")
    let again = required("what is escaped is JSON") { () throws(JSONError) in
        try JSONObject(written).text(key)
    }
    require(again.map { Array($0.utf8) } == Array(text.utf8), "a string reads as it was escaped")
    return true
}

private func escaped(_ text: String) -> String {
    var written = "\""
    for unit in text.utf16 {
        let digits = String(unit, radix: 16)
        written += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }
    return written + "\""
}
