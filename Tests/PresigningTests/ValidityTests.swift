import Testing

@testable import Presigning

@Suite("The validity of a URL")
struct ValidityTests {
    @Test(
        "ends with the session at the latest",
        arguments: [
            (3600, nil, 3600, false), (604_800, nil, 604_800, false), (3600, 7200, 3600, false),
            (3600, 3600, 3600, false), (3600, 3598, 3598, false), (3600, 3540, 3540, false),
            (3600, 3539, 3539, true), (604_800, 43_200, 43_200, true), (3600, 60, 60, true), (30, 30, 30, false),
            (1, 1, 1, false), (1, .max, 1, false),
        ] as [(Int, Int64?, Int, Bool)])
    func end(wanted: Int, left: Int64?, seconds: Int, isShortened: Bool) throws {
        let validity = try Validity(wanted: wanted, secondsLeft: left)
        #expect(validity.seconds == seconds)
        #expect(validity.isShortened == isShortened)
    }

    @Test(
        "is none for a session that is all but over",
        arguments: [(3600, 59, 59), (3600, 0, 0), (3600, -5, 0), (30, 29, 29), (1, 0, 0), (1, .min, 0)]
            as [(Int, Int64, Int64)])
    func over(wanted: Int, left: Int64, said: Int64) {
        #expect(throws: PresigningError.expiring(secondsLeft: said)) {
            _ = try Validity(wanted: wanted, secondsLeft: left)
        }
    }
}
