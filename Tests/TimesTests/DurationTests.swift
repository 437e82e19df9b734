import Testing
import Times

@Suite("Lengths of time")
struct DurationTests {
    @Test(arguments: [
        ("8h", 28_800), ("90m", 5400), ("45s", 45), ("1d", 86_400), ("1h30m", 5400), ("0", 0), ("0s", 0), ("0h", 0),
        ("400d", 34_560_000), ("0h5m", 300),
    ])
    func areRead(text: String, expected: Int) throws { #expect(try seconds(ofDuration: text) == expected) }

    @Test("a number alone has no unit", arguments: ["8", "3600", "08", "1000000000"])
    func wantAUnit(text: String) { #expect(throws: DurationError.noUnit) { try seconds(ofDuration: text) } }

    @Test(arguments: [
        "", "h", "soon", "8 h", "8H", "-1h", "+8h", "1h30", "8hh", "1.5h", "٨h", "99999999999h", "8h ",
    ])
    func areNone(text: String) { #expect(throws: DurationError.malformed) { try seconds(ofDuration: text) } }
}
