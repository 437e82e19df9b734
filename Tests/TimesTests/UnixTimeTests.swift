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
        "reads every form of ISO 8601",
        arguments: [
            "2026-11-21T09:46:57+0200", "2026-11-21T09:46:57+02", "2026-11-21T01:46:57-06", "2026-11-21 07:46:57Z",
            "2026-11-21t07:46:57z", "2026-11-21T07:46:57.9Z", "2026-11-21T07:46:57,123456789012Z", "20261121T074657Z",
            "20261121T094657+0200", "20261121T074657.5Z", "2026-11-21 01:46:57.000-06:00", "20261121 094657+02:00",
            "2026-W47-6T07:46:57Z", "2026W476T074657Z", "2026-325T07:46:57Z", "2026325T074657Z",
            "2026-11-21T07:46.95Z",
        ])
    func everyForm(text: String) { #expect(UnixTime(iso8601: text) == UnixTime(1_795_247_217)) }

    @Test("reads a time without seconds or minutes")
    func shortForms() {
        #expect(UnixTime(iso8601: "2026-11-21T07:46Z") == UnixTime(1_795_247_160))
        #expect(UnixTime(iso8601: "20261121T0946+02") == UnixTime(1_795_247_160))
        #expect(UnixTime(iso8601: "2026-11-21T07Z") == UnixTime(1_795_244_400))
        #expect(UnixTime(iso8601: "2026-11-21T06,5Z") == UnixTime(1_795_242_600))
    }

    @Test(
        "reads the end of a day as the beginning of the next",
        arguments: [
            "2026-11-29T24:00:00Z", "2026-11-29T24:00Z", "2026-11-29T24Z", "20261129T240000Z", "20261129T2400Z",
            "2026-11-29T24:00:00.000Z", "2026-11-30T02:00:00+02:00", "2026-11-29T24:00:00+00:00", "2026-W48-7T24:00Z",
        ])
    func endOfDay(text: String) { #expect(UnixTime(iso8601: text)?.iso8601 == "2026-11-30T00:00:00Z") }

    @Test("reads the end of a year")
    func endOfYear() { #expect(UnixTime(iso8601: "2026-12-31T24:00:00Z")?.iso8601 == "2027-01-01T00:00:00Z") }

    @Test(
        "knows weeks and days of the year at their ends",
        arguments: [
            ("2020-W53-5", "2021-01-01"), ("2019-W01-1", "2018-12-31"), ("2026-W01-4", "2026-01-01"),
            ("2024-366", "2024-12-31"), ("2023-001", "2023-01-01"), ("1969-W01-1", "1968-12-30"),
        ])
    func otherDates(date: String, month: String) {
        #expect(UnixTime(iso8601: date + "T00:00:00Z")?.iso8601 == month + "T00:00:00Z")
    }

    @Test(
        "refuses what is no time",
        arguments: [
            "", "2026-11-21", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-21T25:00:00Z",
            "2026-11-21T24:00:01Z", "2026-11-21T24:01:00Z", "20261121T2430Z", "2026-11-21T24:00:00.5Z",
            "2026-11-21T24,5Z",
            "2026-11-21T07:46:57", "2026-11-21T07:46:57.Z", "2026-11-21T07:46:57ZZ", "2026-11-21T07:46:57+2:00",
            "+026-11-21T07:46:57Z", "2026-1121T07:46:57Z", "2026-11-21T07:46:57+", "2026-11-21T07:46:57+02:",
            "2026-11-21T07:46:57+020", "2026-11-21T07:4657Z", "2026-11-21T07:Z", "2026-366T00:00:00Z",
            "2026-000T00:00:00Z", "2026-W54-1T00:00:00Z", "2026-W01-8T00:00:00Z", "2026-11-21T07:46:57,Z",
            "2026-11-21  07:46:57Z", "2026-11-21T7:46:57Z", "tomorrow", "1795247217",
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
