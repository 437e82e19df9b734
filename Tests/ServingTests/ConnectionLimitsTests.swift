import Testing

@testable import Serving

@Suite("how many connections there is room for") struct RoomTests {
    @Test("with enough descriptors, a hundred and more of one's own")
    func usual() {
        let room = ConnectionLimits(descriptors: 1024)
        #expect(room.own == 128 && room.others == 8)
    }

    @Test("others never have more than a quarter, and something is left for a renewal", arguments: [14, 24, 64, 130])
    func few(_ descriptors: Int) {
        let room = ConnectionLimits(descriptors: descriptors)
        #expect(room.own >= 3 * room.others && room.others >= 1)
        #expect(room.own + room.others + 10 <= descriptors)
    }

    @Test("hardly any still serves one at a time", arguments: [0, 3, 8])
    func hardlyAny(_ descriptors: Int) {
        #expect(ConnectionLimits(descriptors: descriptors) == ConnectionLimits(descriptors: 14))
    }
}
