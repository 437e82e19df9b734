import Signing
import Testing

@testable import Presigning

@Suite("Requests for an object")
struct ObjectRequestTests {
    private func request(
        _ method: ObjectRequest.Method, contentType: String? = nil, version: String? = nil, fileName: String? = nil
    ) throws -> ObjectRequest {
        try ObjectRequest(
            method, S3Object("s3://abc/k"), contentType: contentType, version: version, fileName: fileName)
    }

    @Test("take the options that go with their method", arguments: ObjectRequest.Method.allCases)
    func options(method: ObjectRequest.Method) throws {
        let name = method.rawValue
        if method == .put {
            #expect(try request(method, contentType: "text/plain; charset=utf-8").query.isEmpty)
            #expect(throws: PresigningError.unfit(option: "--version-id", method: name)) {
                _ = try request(method, version: "v")
            }
        } else {
            #expect(try request(method, version: "v 1").query == [NamedValue("versionId", "v 1")])
            #expect(throws: PresigningError.unfit(option: "--content-type", method: name)) {
                _ = try request(method, contentType: "text/plain")
            }
        }
        if method == .get || method == .head {
            let query = try request(method, version: "v", fileName: "x").query
            #expect(query.map(\.name) == ["versionId", "response-content-disposition"])
        } else {
            #expect(throws: PresigningError.unfit(option: "--download-as", method: name)) {
                _ = try request(method, fileName: "x")
            }
        }
    }

    @Test("refuse values that do not arrive as they are", arguments: ["", "a\nb", "\u{1b}", "\u{7f}"])
    func values(value: String) {
        #expect(throws: PresigningError.badValue(option: "--content-type")) {
            _ = try request(.put, contentType: value)
        }
        #expect(throws: PresigningError.badValue(option: "--version-id")) { _ = try request(.get, version: value) }
        #expect(throws: PresigningError.badValue(option: "--download-as")) { _ = try request(.get, fileName: value) }
    }

    @Test("refuse a type that a server would trim, or not read", arguments: [" a", "a ", "é/é"])
    func types(value: String) {
        #expect(throws: PresigningError.badValue(option: "--content-type")) {
            _ = try request(.put, contentType: value)
        }
    }

    @Test(
        "name a download as RFC 6266 has it",
        arguments: [
            ("a.jpg", "attachment; filename=\"a.jpg\""), ("a b;c=d'.jpg", "attachment; filename=\"a b;c=d'.jpg\""),
            ("\u{e9}.txt", "attachment; filename=\"_.txt\"; filename*=UTF-8''%C3%A9.txt"),
            ("50%41 \"x\\y\"", "attachment; filename=\"50_41 _x_y_\"; filename*=UTF-8''50%2541%20%22x%5Cy%22"),
            ("\u{20ac} rates", "attachment; filename=\"_ rates\"; filename*=UTF-8''%E2%82%AC%20rates"),
        ])
    func names(name: String, header: String) { #expect(disposition(name) == header) }
}
