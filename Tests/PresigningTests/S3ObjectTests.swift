import Testing

@testable import Presigning

@Suite("Objects of S3")
struct S3ObjectTests {
    @Test func isRead() throws { #expect(try S3Object("s3://abc/k").key == "k") }
}
