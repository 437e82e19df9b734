import Signing
import Text

/// One request for an object, which anyone who has its URL can make.
package struct ObjectRequest: Sendable {
    /// What the request does.
    package enum Method: String, CaseIterable, Sendable {
        case get = "GET"
        case put = "PUT"
        case head = "HEAD"
        case delete = "DELETE"
    }

    /// The object.
    package let object: S3Object
    let method: Method
    let contentType: String?
    /// The parameters of the operation, before those of the signature.
    let query: [NamedValue]

    /// - Parameters:
    ///   - contentType: the `Content-Type` that an upload must have.
    ///   - version: the object's version.
    ///   - fileName: the name under which a browser saves the object.
    package init(
        _ method: Method, _ object: S3Object, contentType: String? = nil, version: String? = nil,
        fileName: String? = nil
    ) throws(PresigningError) {
        let options: [(String, String?, Set<Method>)] = [
            ("--content-type", contentType, [.put]), ("--version-id", version, [.get, .head, .delete]),
            ("--download-as", fileName, [.get, .head]),
        ]
        for case (let option, let value?, let methods) in options {
            guard methods.contains(method) else { throw .unfit(option: option, method: method.rawValue) }
            guard !value.isEmpty, !value.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
                throw .badValue(option: option)
            }
        }
        // A header's value: servers and proxies trim it, and few take more than ASCII.
        let isASCII = contentType?.utf8.allSatisfy { $0 < 0x80 } ?? true
        guard isASCII, contentType?.begins(with: " ") != true, contentType?.ends(with: " ") != true else {
            throw .badValue(option: "--content-type")
        }
        self.object = object
        self.method = method
        self.contentType = contentType
        query =
            (version.map { [NamedValue("versionId", $0)] } ?? [])
            + (fileName.map { [NamedValue("response-content-disposition", disposition($0))] } ?? [])
    }
}

/// `attachment` with this file name (RFC 6266). What programs read in different ways, a quote, a backslash, a percent
/// sign or anything beyond ASCII (appendix D), is `_` in the plain form; the extended form (RFC 8187), which goes first
/// where both are given, has it all.
func disposition(_ name: String) -> String {
    let plain = String(
        String.UnicodeScalarView(
            name.unicodeScalars.map { $0.isASCII && !"\"\\%".unicodeScalars.contains($0) ? $0 : "_" }))
    let extended = plain.isSame(as: name) ? "" : "; filename*=UTF-8''\(percentEncoded(name))"
    return "attachment; filename=\"\(plain)\"" + extended
}
