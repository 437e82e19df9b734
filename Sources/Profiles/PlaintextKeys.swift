/// An access key in one of the files, without its secret.
public struct PlaintextKeyEntry: Sendable, Equatable {
    /// The profile of its section.
    public let profile: String
    /// Its id, which is not secret.
    public let accessKeyID: String
    /// The line of its id.
    public let origin: Origin
}

extension ProfileSet {
    /// Every plaintext access key in a profile of either file, including those that another one overrides: first the
    /// credentials file's, then the config file's, each in file order.
    public var writtenKeys: [PlaintextKeyEntry] { [credentials, config].flatMap { $0?.writtenKeys ?? [] } }
}

extension ProfileFile {
    fileprivate var writtenKeys: [PlaintextKeyEntry] {
        let wanted = PropertyName("aws_access_key_id")
        return withText { text in
            var keys: [PlaintextKeyEntry] = []
            for section in sections where section.kind == .profile || section.kind == .bareDefault {
                guard let name = text.string(Int(section.nameStart)..<Int(section.nameEnd)) else { continue }
                var properties: [Property] = []
                text.read(section, inCredentials: kind == .credentials, into: &properties)
                for property in properties where property.hash == wanted.hash && !property.isOwn {
                    var word = wanted.name
                    let isNamed = word.withUTF8 { text.matches($0, Int(property.nameStart), Int(property.nameEnd)) }
                    guard isNamed, let identifier = text.string(of: property), !identifier.isEmpty else { continue }
                    keys.append(
                        PlaintextKeyEntry(profile: name, accessKeyID: identifier, origin: origin(property.line)))
                }
            }
            return keys
        } ?? []
    }
}
