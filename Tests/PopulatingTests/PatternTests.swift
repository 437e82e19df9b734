import Testing

@testable import Populating

@Suite struct PatternTests {
    @Test(arguments: [
        ("Admin", "Admin", true), ("Admin", "Admins", false), ("Admin", "admin", false), ("", "", true),
        ("*", "", true), ("*", "Prod EU", true), ("Prod*", "Prod EU", true), ("*EU", "Prod EU", true),
        ("P*d*U", "Prod EU", true), ("P*d*x", "Prod EU", false), ("ab*ba", "aba", false), ("ab*ba", "abba", true),
        ("*aab", "aaab", true), ("a**b", "ab", true), ("1111*", "111111111111", true), ("*ü*", "Zürich", true),
        ("[A-Z]*", "Admin", false), ("?dmin", "Admin", false),
    ])
    func aStarStandsForAnyCharacters(_ pattern: String, _ text: String, _ isMatch: Bool) {
        #expect(Pattern(pattern).matches(text) == isMatch)
    }
}
