import Testing
import Times

@Suite("Times")
struct UnixTimeTests {
    @Test(
        "reads and writes RFC 3339",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2000-02-29T23:59:59Z", 951_868_799), ("2026-11-21T07:46:57Z", 1_795_247_217),
            ("9999-12-31T23:59:59Z", 253_402_300_799), ("1969-12-31T23:59:59Z", -1),
        ])
    func roundTrip(text: String, seconds: Int64) {
        #expect(UnixTime(iso8601: text) == UnixTime(seconds))
        #expect(UnixTime(seconds).iso8601 == text)
    }

    @Test("drops a fraction and applies an offset")
    func fractionAndOffset() {
        #expect(UnixTime(iso8601: "2026-11-21T09:46:57.123456+02:00") == UnixTime(iso8601: "2026-11-21T07:46:57Z"))
        #expect(UnixTime(iso8601: "2026-11-21T02:16:57-05:30") == UnixTime(iso8601: "2026-11-21T07:46:57Z"))
    }

    @Test(
        "refuses what is no time",
        arguments: [
            "", "2026-11-21", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-21T24:00:00Z",
            "2026-11-21T07:46:57", "2026-11-21T07:46:57.Z", "2026-11-21T07:46:57ZZ", "2026-11-21T07:46:57+2:00",
            "+026-11-21T07:46:57Z",
        ])
    func refused(text: String) { #expect(UnixTime(iso8601: text) == nil) }

    @Test("reads an HTTP date")
    func httpDate() {
        #expect(UnixTime(httpDate: "Sat, 21 Nov 2026 07:46:57 GMT") == UnixTime(iso8601: "2026-11-21T07:46:57Z"))
        #expect(UnixTime(httpDate: "Sat, 21 Nov 2026 07:46 GMT") == nil)
    }

    @Test("writes the signing form")
    func basic() { #expect(UnixTime(1_440_938_160).iso8601Basic == "20150830T123600Z") }
}
