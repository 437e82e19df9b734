/// A profile's settings for the instance metadata service, as written.
public struct InstanceSettings: Equatable, Sendable {
    /// `ec2_metadata_service_endpoint`.
    public var endpoint: String?
    /// `ec2_metadata_service_endpoint_mode`.
    public var endpointMode: String?
    /// `ec2_metadata_v1_disabled`.
    public var v1Disabled: String?
    /// `metadata_service_timeout`, in seconds.
    public var timeout: String?
    /// `metadata_service_num_attempts`.
    public var attempts: String?

    /// All settings unset.
    public init() {}
}

/// The effective value of a setting, the environment's before the profile's, and the name that set it.
struct InstanceSetting {
    let name: String
    let value: String?

    init(_ name: String, _ lookUp: (String) -> String?, _ profile: String?) {
        self.name = name
        // An empty variable counts as unset.
        value = lookUp(name).flatMap { $0.isEmpty ? nil : $0 } ?? profile
    }

    /// `true` or `false`, case-insensitively; unset is false.
    func flag() throws(MetadataError) -> Bool {
        switch value?.lowercased() {
        case nil, "false": false
        case "true": true
        default: throw malformed
        }
    }

    /// A whole number in `range`.
    func number(in range: ClosedRange<Int>) throws(MetadataError) -> Int? {
        guard let value else { return nil }
        guard let number = Int(value), range.contains(number) else { throw malformed }
        return number
    }

    var malformed: MetadataError { .malformedSetting(name: name, value: value ?? "") }
}
