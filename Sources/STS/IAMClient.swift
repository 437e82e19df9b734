import Secrets
import Times
import Transport

/// A client of Identity and Access Management. Requests are about the user that they name or, without a name, the one whose
/// key signs.
public struct IAMClient {
    private let client: QueryClient

    /// - Parameters:
    ///   - endpoint: an endpoint of the service `.iam`.
    ///   - sender: sends requests.
    ///   - timing: clocks and random numbers.
    ///   - deadline: when to give up, in milliseconds on the clock `timing.uptime`.
    public init(endpoint: Endpoint, sender: any HTTPSender, timing: Timing = .system, deadline: Int64) {
        client = QueryClient(endpoint: endpoint, sender: sender, timing: timing, deadline: deadline)
    }

    /// Lists a user's MFA devices, eight at most.
    ///
    /// - Parameter userName: nil for the user whose key signs.
    public func listMFADevices(
        of userName: String? = nil, signedBy credentials: borrowing Credentials
    ) throws(STSError) -> [RegisteredMFADevice] {
        var form = Form("ListMFADevices", of: .iam)
        form.add("UserName", ifPresent: userName)
        return try client.call(form, signedBy: credentials) { (answer) throws(STSError) in
            try answer.mfaDevices()
        }
    }

    /// Requests the ARN of the user whose key signs. A session that was made without MFA may not.
    public func getUser(signedBy credentials: borrowing Credentials) throws(STSError) -> String {
        let form = Form("GetUser", of: .iam)
        return try client.call(form, signedBy: credentials) { (answer) throws(STSError) in try answer.userARN() }
    }

    /// Lists a user's access keys, two at most (IAM and STS quotas), with IAM's time.
    ///
    /// - Parameter userName: nil for the user whose key signs.
    public func listAccessKeys(
        of userName: String? = nil, signedBy credentials: borrowing Credentials
    ) throws(STSError) -> RegisteredKeys {
        var keys: [RegisteredKey] = []
        var marker: String?
        // IAM may give fewer at a time than there are, at any time (IAM API Reference, ListAccessKeys).
        for _ in 0..<Self.mostPages {
            var form = Form("ListAccessKeys", of: .iam)
            form.add("UserName", ifPresent: userName)
            form.add("Marker", ifPresent: marker)
            let page = try client.call(form, signedBy: credentials) { (answer) throws(STSError) in
                try answer.accessKeys()
            }
            keys += page.keys
            marker = page.marker
            if marker == nil { return RegisteredKeys(keys: keys, now: page.now) }
        }
        throw .invalidResponse(.missing("IsTruncated"), status: 200)
    }

    private static let mostPages = 16

    /// Makes a second access key. The request is sent once, unless IAM certainly did not act on it: an error other than
    /// a refusal leaves open whether there is a key now, and nothing but this answer holds its secret.
    public func createAccessKey(
        of userName: String? = nil, signedBy credentials: borrowing Credentials
    ) throws(STSError) -> CreatedKey {
        var form = Form("CreateAccessKey", of: .iam)
        form.add("UserName", ifPresent: userName)
        return try client.call(form, signedBy: credentials, repetition: .refused) { (answer) throws(STSError) in
            try answer.createdKey()
        }
    }

    /// Makes an access key unusable, or usable again.
    public func setAccessKey(
        _ accessKeyID: String, of userName: String? = nil, isActive: Bool, signedBy credentials: borrowing Credentials
    ) throws(STSError) {
        var form = Form("UpdateAccessKey", of: .iam)
        form.add("UserName", ifPresent: userName)
        form.add("AccessKeyId", accessKeyID)
        form.add("Status", isActive ? "Active" : "Inactive")
        try client.call(form, signedBy: credentials, hasResult: false) { (_) throws(STSError) in }
    }

    /// Deletes an access key for good.
    public func deleteAccessKey(
        _ accessKeyID: String, of userName: String? = nil, signedBy credentials: borrowing Credentials
    ) throws(STSError) {
        var form = Form("DeleteAccessKey", of: .iam)
        form.add("UserName", ifPresent: userName)
        form.add("AccessKeyId", accessKeyID)
        try client.call(form, signedBy: credentials, hasResult: false) { (_) throws(STSError) in }
    }

    /// When and where a key was last used, as far as IAM has recorded it: some hours late. Nil for a key that never was.
    public func lastUse(
        of accessKeyID: String, signedBy credentials: borrowing Credentials
    ) throws(STSError) -> LastUse? {
        var form = Form("GetAccessKeyLastUsed", of: .iam)
        form.add("AccessKeyId", accessKeyID)
        return try client.call(form, signedBy: credentials) { (answer) throws(STSError) in try answer.lastUse() }
    }
}

/// An access key of a user, without its secret.
public struct RegisteredKey: Equatable, Sendable {
    /// Its id.
    public let accessKeyID: String
    /// It can sign requests.
    public let isActive: Bool
    /// When it was made, in seconds since 1970.
    public let createdAt: Int64

    /// A key as IAM lists it.
    public init(accessKeyID: String, isActive: Bool, createdAt: Int64) {
        self.accessKeyID = accessKeyID
        self.isActive = isActive
        self.createdAt = createdAt
    }
}

/// The access keys of a user.
public struct RegisteredKeys: Equatable, Sendable {
    /// All of them, in IAM's order.
    public let keys: [RegisteredKey]
    /// IAM's time, in seconds since 1970; this machine's if IAM sent none.
    public let now: Int64
    /// Where the next part of the list begins.
    var marker: String?
}

/// An access key that IAM has just made.
public struct CreatedKey: ~Copyable, Sendable {
    /// Its id and secret.
    public let credentials: Credentials
    /// When it was made, in seconds since 1970.
    public let createdAt: Int64
}

/// The last request that a key signed, as IAM knows it.
public struct LastUse: Equatable, Sendable {
    /// When, in seconds since 1970.
    public let time: Int64
    /// The service, such as `s3`.
    public let service: String?
    /// The region.
    public let region: String?
}
