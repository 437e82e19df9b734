import Linux
import Secrets

/// Whether the service may show a dialog.
public enum DialogPolicy: Sendable {
    /// It may not: what would need one fails.
    case never
    /// It may; `announce` is called once, before the first one, on a thread of its own.
    case allowed(announce: @Sendable () -> Void)
}

/// What sort of thing an item of the service is.
public struct SecretSchema: Sendable, Hashable {
    /// The name that all items of the sort bear, `org.warder.AccessKey`.
    public let name: String
    /// The names of their attributes. A service may add some of its own, which are not looked at.
    public let attributes: [String]

    /// Puts a name and attributes together.
    public init(name: String, attributes: [String]) {
        self.name = name
        self.attributes = attributes
    }
}

/// What is to be seen of an item without its secret.
public struct SecretItem: Sendable, Equatable {
    /// What the user reads; a service may keep it to itself while the item is locked, which gives "".
    public let label: String
    /// The schema's attributes.
    public let attributes: [String: String]
    /// Whether the secret cannot be had without a dialog.
    public let isLocked: Bool

    /// Puts an item together.
    public init(label: String, attributes: [String: String], isLocked: Bool) {
        self.label = label
        self.attributes = attributes
        self.isLocked = isLocked
    }
}

/// The desktop's store of secrets: gnome-keyring, KWallet, KeePassXC, through the Secret Service API
/// (https://specifications.freedesktop.org/secret-service) and libsecret.
///
/// Each call opens a connection of its own. Secrets cross it encrypted; a service that cannot is refused.
public struct SecretService: Sendable {
    /// Bytes of a secret at most.
    public static let secretLimit = 1024 * 1024

    private let address: String?
    private let dialogs: DialogGate
    private let deadline: Deadline
    private let library: String

    /// A service that is asked with its first call.
    ///
    /// - Parameters:
    ///   - busAddress: `DBUS_SESSION_BUS_ADDRESS` if set. No bus is ever started: `autolaunch:` counts as none.
    ///   - runtimeFolder: `XDG_RUNTIME_DIR`, whose socket `bus` serves where there is no address.
    ///   - dialogs: whether the service may show a dialog.
    ///   - deadline: when all calls must have ended, those with a dialog too. A call that has not 100 ms later is left
    ///     to itself on its thread, which lasts as long as the process.
    public init(busAddress: String?, runtimeFolder: String?, dialogs: DialogPolicy, until deadline: Deadline) {
        self.init(
            busAddress: busAddress, runtimeFolder: runtimeFolder, dialogs: dialogs, until: deadline,
            library: "libsecret-1.so.0")
    }

    init(
        busAddress: String?, runtimeFolder: String?, dialogs: DialogPolicy, until deadline: Deadline, library: String
    ) {
        address = sessionBusAddress(busAddress, runtimeFolder: runtimeFolder)
        self.dialogs = DialogGate(dialogs)
        self.deadline = deadline
        self.library = library
    }

    /// Whether there is a default collection, and it is unlocked. Shows no dialog.
    public func isUnlocked() throws(SecretServiceError) -> Bool {
        let answer = Box(false)
        try converse { (service) throws(SecretServiceError) in
            guard let collection = try service.defaultCollection() else { return }
            answer.value = try !service.isLocked(collection: collection)
        }
        return answer.value
    }

    /// The secret of the item with exactly these attributes; nil where there is none. No other item's is loaded.
    ///
    /// Where there are several, one in the default collection comes first.
    ///
    /// - Throws: `.locked` also where nothing is found while the default collection is locked: some services hide
    ///   what is in it.
    public func secret(
        _ schema: SecretSchema, _ attributes: [String: String]
    ) throws(SecretServiceError) -> SecretBytes? {
        let query = try Query(schema, attributes)
        let answer = Box<SecretBytes?>(nil)
        try converse { (service) throws(SecretServiceError) in
            answer.value = try service.secret(exactly: query)
        }
        return answer.value.take()
    }

    /// The items with these attributes, and others of the schema's, with what may be seen without a secret. Shows no
    /// dialog.
    ///
    /// - Throws: `.locked` where nothing is found while the default collection is locked: some services hide what is
    ///   in it.
    public func items(
        _ schema: SecretSchema, _ attributes: [String: String]
    ) throws(SecretServiceError) -> [SecretItem] {
        let query = try Query(schema, attributes)
        let answer = Box<[SecretItem]>([])
        try converse { (service) throws(SecretServiceError) in
            answer.value = try service.items(query)
        }
        return answer.value
    }

    /// Stores a secret, UTF-8 text of `secretLimit` bytes at most, in the default collection: in the place of the item
    /// with exactly these attributes if there is one. Without a default collection it is created, where a dialog is
    /// allowed.
    public func put(
        _ secret: borrowing SecretBytes, _ schema: SecretSchema, _ attributes: [String: String], label: String
    ) throws(SecretServiceError) {
        guard secret.count <= Self.secretLimit else { throw .refused(reason: "the secret is over 1 MiB") }
        guard !label.utf8.contains(0) else { throw .refused(reason: "a NUL byte in the label") }
        let query = try Query(schema, attributes)
        let kept = Box(secret.copy())
        try converse { (service) throws(SecretServiceError) in
            try service.put(kept, query, label: label)
        }
    }

    /// Removes the items with exactly these attributes, in whatever collection they are; whether there was one.
    public func remove(_ schema: SecretSchema, _ attributes: [String: String]) throws(SecretServiceError) -> Bool {
        let query = try Query(schema, attributes)
        let answer = Box(false)
        try converse { (service) throws(SecretServiceError) in
            answer.value = try service.remove(exactly: query)
        }
        return answer.value
    }

    /// Unlocks the default collection, with a dialog where one is needed and allowed.
    public func unlock() throws(SecretServiceError) {
        try converse { (service) throws(SecretServiceError) in
            guard let collection = try service.defaultCollection() else { throw .noCollection }
            if try service.isLocked(collection: collection) { try service.unlock([collection]) }
        }
    }

    private func converse(
        _ work: @escaping (SecretServiceClient) throws(SecretServiceError) -> Void
    ) throws(SecretServiceError) {
        guard let address else { throw .noBus }
        guard let library = Libsecret(library) else { throw Libsecret.failure(library) }
        let dialogs = dialogs
        let conversation = BusThread(library) { (cancellation) throws(SecretServiceError) in
            let bus = try Bus(library, address, cancellation)
            let client = SecretServiceClient(bus, dialogs)
            // It owns the pointers that the work reads.
            defer { withExtendedLifetime(client) {} }
            try work(client)
        }
        try conversation.run(until: deadline)
    }
}

/// What an item must have.
struct Query: Sendable {
    let schema: SecretSchema
    let attributes: [String: String]

    init(_ schema: SecretSchema, _ attributes: [String: String]) throws(SecretServiceError) {
        // D-Bus has no such text, and what stands before the byte would be another item's attribute.
        guard attributes.allSatisfy({ !$0.key.utf8.contains(0) && !$0.value.utf8.contains(0) }) else {
            throw .refused(reason: "a NUL byte in an attribute")
        }
        self.schema = schema
        self.attributes = attributes
    }

    /// Whether an item with these attributes, and those that its service adds, is the one.
    func isExactly(_ found: [String: String]) -> Bool {
        schema.attributes.allSatisfy { found[$0] == attributes[$0] }
            && attributes.allSatisfy { found[$0.key] == $0.value }
    }
}
