import JSON
import Secrets
import Testing

@Suite("The place of a value in JSON")
struct JSONPlacesTests {
    private func part(_ json: String, _ key: String, in outer: String? = nil) throws -> String? {
        var text = SecretBytes(capacity: json.utf8.count)
        text.append(json)
        let object = try JSONObject(text)
        let place = outer.map { object.place(of: key, in: $0) } ?? object.place(of: key)
        return place.map { String(decoding: Array(json.utf8)[$0], as: UTF8.self) }
    }

    @Test(
        "is where it is written",
        arguments: [
            (#" {"a":"b"}"#, #""b""#), (#"{ "a" : "\u0062" , "c": 1}"#, #""\u0062""#),
            (#"{"a":[1, {"a":2}]}"#, #"[1, {"a":2}]"#),
            (#"{"é":"é","a":-1.5e3 }"#, "-1.5e3"), (#"{"a":1,"a":2}"#, "2"), (#"{"a":{"a":null}}"#, #"{"a":null}"#),
            (#"{"a":true}"#, "true"), (#"{"a":null}"#, nil), (#"{"b":1}"#, nil), ("{}", nil),
        ])
    func ofMembers(json: String, part: String?) throws { #expect(try self.part(json, "a") == part) }

    @Test(
        "is where it is written in an object",
        arguments: [
            (#" {"o": {"b": 1, "a" :"x"}}"#, #""x""#), (#"{"a":0,"é":"é","o":{"a":1},"p":{"a":2}}"#, "1"),
            (#"{"o":{"a":1},"o":{ "a":2}}"#, "2"), (#"{"o":{"a":null}}"#, nil), (#"{"o":{}}"#, nil),
            (#"{"o":[]}"#, nil),
            (#"{"o":null}"#, nil), (#"{"a":1}"#, nil),
        ])
    func ofInnerMembers(json: String, part: String?) throws { #expect(try self.part(json, "a", in: "o") == part) }
}
