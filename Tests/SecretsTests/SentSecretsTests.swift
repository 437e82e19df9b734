import Secrets
import Testing

@Suite("What was sent in secret")
struct SentSecretsTests {
    /// As AWS makes them: base64, with its two signs.
    private static let token = "IQoJb3JpZ2luX2VjEBYaCXVz/LWVh+c3QtMSJHMEUCIQDrq7z0Aw=="

    private func shown(_ text: String, _ secrets: [String] = [token, "wJalrXUtnFEMI/K7MDENG"]) -> String? {
        var sent = SentSecrets()
        for secret in secrets { sent.add(bytes(secret)) }
        return sent.shown(bytes(text))
    }

    private func bytes(_ text: String) -> SecretBytes {
        var bytes = SecretBytes(capacity: text.utf8.count)
        bytes.append(text)
        return bytes
    }

    @Test(
        "is found however it comes back",
        arguments: [
            token, "token \(token) is bad", "IQoJb3JpZ2lu", "…JpZ2luX2VjEBYaCX…", "IQoJb3 JpZ2luX2", "IQoJb3\nJpZ2luX2",
            "I-Q-o-J-b-3-J-p-Z-2-l-u", "iqojb3jpz2lu", "IQOJB3JPZ2LU", "aCXVz%2FLWVh%2Bc3Q", "aCXVz%252FLWVh%252Bc3Q",
            "aCXVz_LWVh-c3Q", "%49%51%6F%4A%62%33%4A%70%5A%32%6C%75", "I\\u0051oJb3JpZ2lu", "I\\x51oJb3JpZ2lu",
            "&#73;QoJb3JpZ2lu", "&#x49;QoJb3JpZ2lu", "&amp;#73;QoJb3JpZ2lu", "IQoJ\u{200B}b3JpZ2lu", "alrXUtnFEMIK7",
            "a \"IQoJb3JpZ2luX2\", 'b'",
        ])
    func repeated(text: String) { #expect(shown(text) == nil) }

    @Test(
        "is not found where less than twelve letters and digits are the same",
        arguments: [
            "", "User: arn:aws:iam::111122223333:user/alice is not authorized", "IQoJb3JpZ2l", "IQoJb3JpZ2lXQoJb3JpZ2l",
            "The security token included in the request is invalid", "%", "%4", "&", "&#", "&#x;", "\\u",
            "100% & more;",
        ])
    func other(text: String) { #expect(shown(text) == text) }

    @Test("that is short is looked for as a whole")
    func short() {
        #expect(shown("Value '123456' at 'tokenCode'", ["123456"]) == nil)
        #expect(shown("Value '123 456' at 'tokenCode'", ["123456"]) == nil)
        #expect(shown("Value '12345' at 'tokenCode'", ["123456"]) != nil)
        #expect(shown("is +/= it", ["+/="]) == nil)
        #expect(shown("is + / = it", ["+/="]) != nil)
        #expect(shown("anything", [""]) == "anything")
    }

    @Test("with escapes of its own is found as it was sent")
    func escapes() {
        #expect(shown("got abc%41def%42ghi", ["abc%41def%42ghi"]) == nil)
        #expect(shown("got abcAdefBghi", ["abc%41def%42ghi"]) == "got abcAdefBghi")
    }

    @Test(
        "is found where it is split over several texts",
        arguments: [
            (["IQoJb3J", "pZ2luX2", "VjEBYaC"], true), (["IQoJb3J", "", "pZ2luX2"], true),
            (["IQoJ", "b3JpZ2", "lu"], true), (["IQoJb3J", "no", "pZ2luX2"], true),
            (["no", "IQoJb3J\\u{202e}", "pZ2luX2"], true), (["IQoJb3J", "no", "luX2"], false), ([], false),
            (["AccessDenied", "User is not authorized", "6a1c2b3d-0000"], false),
        ])
    func split(texts: [String], isFound: Bool) {
        var sent = SentSecrets()
        sent.add(bytes(Self.token))
        let found = sent.areRepeated(across: texts)
        #expect(found == isFound)
    }

    @Test("one behind the other make no third")
    func several() { #expect(shown("234567abcdef", ["1234567", "abcdefg"]) != nil) }

    @Test("is looked for in no more than is shown")
    func long() {
        let filler = String(repeating: "x", count: SentSecrets.textLimit)
        #expect(shown(filler + Self.token) == filler)
        #expect(shown(String(filler.dropLast(12)) + "IQoJb3JpZ2lu") == nil)
    }

    @Test("can be copied, and put together")
    func copies() {
        var first = SentSecrets()
        first.add(bytes("123456"))
        var second = SentSecrets()
        second.add(bytes("abcdef"))
        second.add(first)
        let copy = second.copy()
        #expect(copy.shown("123456") == nil && copy.shown("abcdef") == nil && copy.shown("12345") == "12345")
    }
}
