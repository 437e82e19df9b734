import Testing

@testable import Sessions

@Suite("How much a session must have left to be served")
struct FreshnessTests {
    @Test(
        "sixteen minutes of one that lives twice that, and a fifth of any other",
        arguments: [
            (43_200, 960), (3600, 960), (1920, 960), (1919, 383), (1200, 240), (960, 192), (900, 180), (20, 4), (9, 2),
            (1, 2), (0, 2), (-31_536_000, 2),
        ] as [(Int64, Int64)])
    func ordinary(life: Int64, margin: Int64) { #expect(Freshness.ordinary.margin(ofLife: life) == margin) }

    @Test("what is wanted beyond that, of one that lives longer")
    func longer() {
        #expect(Freshness.longer(2400).margin(ofLife: 3600) == 2400)
        #expect(Freshness.longer(660).margin(ofLife: 3600) == 960)
        #expect(Freshness.longer(660).margin(ofLife: 900) == 660)
        #expect(Freshness.longer(660).margin(ofLife: 660) == 132)
        #expect(Freshness.longer(7200).margin(ofLife: 3600) == 960)
    }

    @Test("what is wanted and no less, whatever a session's life")
    func exactly() { #expect(Freshness.exactly(7200).margin(ofLife: 900) == 7200) }
}
