import Testing
import Text

@Suite struct WrappingTests {
    @Test func breaksAtSpaces() {
        #expect(wrapped("one two three", width: 8, indent: 0) == ["one two", "three"])
        #expect(wrapped("one two three", width: 9, indent: 2) == ["  one two", "  three"])
    }

    @Test func laterLinesMayHang() {
        #expect(wrapped("one two three", width: 8, indent: 1, hanging: 2) == [" one two", "   three"])
    }

    @Test func aLongWordStandsAlone() {
        #expect(wrapped("a extraordinary b", width: 5, indent: 0) == ["a", "extraordinary", "b"])
        #expect(wrapped("extraordinary", width: 5, indent: 2) == ["  extraordinary"])
    }

    @Test func nothingIsNoLine() {
        #expect(wrapped("", width: 5, indent: 2).isEmpty)
        #expect(wrapped("  ", width: 5, indent: 2).isEmpty)
    }
}
