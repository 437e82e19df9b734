import Testing

@testable import Diagnosing

@Suite struct RegionTests {
    @Test(arguments: ["eu-west-1", "us-gov-east-1", "aws-global"]) func knows(_ region: String) {
        #expect(KnownRegion(region) == .known)
    }

    @Test(arguments: ["eu-west-9", "ap-southeast-8"]) func takesAnUnknownNumberForNew(_ region: String) {
        #expect(KnownRegion(region) == .new)
    }

    @Test(arguments: [
        ("eu-wset-1", "eu-west-1"), ("EU-WEST-1", "eu-west-1"), ("eu-west1", "eu-west-1"), ("us-east-1a", "us-east-1"),
    ]) func findsTheNearest(_ region: String, _ near: String) {
        #expect(KnownRegion(region) == .misspelt(near: near))
    }

    @Test(arguments: ["", "x", "middle-earth-1", "eu-west-10000"]) func findsNoneNearNonsense(_ region: String) {
        #expect(KnownRegion(region) == .misspelt(near: nil))
    }
}
