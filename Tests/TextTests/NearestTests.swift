import Testing
import Text

@Suite("The nearest name")
struct NearestTests {
    @Test(
        "a slip of the finger is seen through",
        arguments: [
            ("statsu", "status"), ("lsit", "list"), ("unlok", "unlock"), ("Prod", "prod"), ("prdo", "prod"),
            ("durationseconds", "duration_seconds"), ("mfa_serail", "mfa_serial"), ("ad", "add"),
        ])
    func slips(_ word: String, _ meant: String) {
        let names = ["add", "list", "status", "unlock", "lock", "prod", "duration_seconds", "mfa_serial"]
        #expect(nearest(to: word, among: names) == meant)
    }

    @Test("what is far from all is near to none", arguments: ["", "x", "staging", "deploy", "role"])
    func far(_ word: String) {
        #expect(nearest(to: word, among: ["add", "status", "prod", "mfa_serial"]) == nil)
    }

    @Test("the word itself is no advice, and the nearest comes first")
    func itself() {
        #expect(nearest(to: "prod", among: ["prod"]) == nil)
        #expect(nearest(to: "prods", among: ["pords", "prod"]) == "pords")
        #expect(nearest(to: "product", among: ["produtc", "product1"]) == "produtc")
    }

    @Test("a word of any length takes no time to speak of")
    func long() {
        #expect(nearest(to: String(repeating: "a", count: 1 << 20), among: [String(repeating: "a", count: 70)]) == nil)
    }
}
