/// What a profile says of the metadata service of an instance, each as it is written.
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

    /// Nothing is set.
    public init() {}
}

/// The value that counts of a setting, the environment's before the profile's, and the name by which it is set there.
struct InstanceSetting {
    let name: String
    let value: String?

    init(_ name: String, _ lookUp: (String) -> String?, _ profile: String?) {
        self.name = name
        // A variable that is empty counts as unset.
        value = lookUp(name).flatMap { $0.isEmpty ? nil : $0 } ?? profile
    }

    /// `true` or `false` in any case; unset is false.
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
