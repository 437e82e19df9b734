import Linux
import Secrets

/// Whether the service may show a dialog.
public enum DialogPolicy: Sendable {
    /// Never: a call that would need one fails.
    case never
    /// Yes; `announce` is called once, before the first one, on a separate thread.
    case allowed(announce: @Sendable () -> Void)
}

/// A kind of item in the service.
public struct SecretSchema: Sendable, Hashable {
    /// The name of the kind, as `org.warder.AccessKey`.
    public let name: String
    /// The names of its attributes. A service may add others, which are ignored.
    public let attributes: [String]

    /// A kind with these attributes.
    public init(name: String, attributes: [String]) {
        self.name = name
        self.attributes = attributes
    }
}

/// An item without its secret.
public struct SecretItem: Sendable, Equatable {
    /// The text that the user sees; "" if the service hides it while the item is locked.
    public let label: String
    /// The schema's attributes.
    public let attributes: [String: String]
    /// Whether reading the secret requires a dialog.
    public let isLocked: Bool

    /// An item as the service describes it.
    public init(label: String, attributes: [String: String], isLocked: Bool) {
        self.label = label
        self.attributes = attributes
        self.isLocked = isLocked
    }
}

/// The desktop's secret store (gnome-keyring, KWallet, KeePassXC), by the Secret Service API
/// (https://specifications.freedesktop.org/secret-service) and libsecret.
///
/// Each call opens a new connection. Secrets cross it encrypted; a service that does not support that is refused.
public struct SecretService: Sendable {
    /// The largest secret, in bytes.
    public static let secretLimit = 1024 * 1024

    private let address: String?
    private let dialogs: DialogGate
    private let deadline: Deadline
    private let library: String

    /// A service that is contacted by the first call.
    ///
    /// - Parameters:
    ///   - busAddress: `DBUS_SESSION_BUS_ADDRESS` if set. No bus is ever started: `autolaunch:` counts as unset.
    ///   - runtimeFolder: `XDG_RUNTIME_DIR`, whose socket `bus` is used without an address.
    ///   - dialogs: whether the service may show a dialog.
    ///   - deadline: when all calls must have ended, including their dialogs. A call that has not ended 100 ms later is
    ///     abandoned with its thread, which lasts as long as the process.
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

    /// Whether there is a default collection and it is unlocked. Shows no dialog.
    public func isUnlocked() throws(SecretServiceError) -> Bool {
        let answer = Box(false)
        try converse { (service) throws(SecretServiceError) in
            guard let collection = try service.defaultCollection() else { return }
            answer.value = try !service.isLocked(collection: collection)
        }
        return answer.value
    }

    /// The secret of the item with exactly these attributes; nil if there is none. Loads no other item's secret.
    ///
    /// If there are several such items, one in the default collection is preferred.
    ///
    /// - Throws: `.locked` also if nothing is found while the default collection is locked: some services hide its
    ///   content.
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

    /// The items that have these attributes and perhaps others of the schema, without their secrets. Shows no dialog.
    ///
    /// - Throws: `.locked` if nothing is found while the default collection is locked: some services hide its content.
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

    /// Stores a secret, UTF-8 text of `secretLimit` bytes at most, in the default collection, replacing the item with
    /// exactly these attributes if there is one. Creates the default collection if it is missing and a dialog is
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

    /// Removes the items with exactly these attributes, in any collection; returns whether there was one.
    public func remove(_ schema: SecretSchema, _ attributes: [String: String]) throws(SecretServiceError) -> Bool {
        let query = try Query(schema, attributes)
        let answer = Box(false)
        try converse { (service) throws(SecretServiceError) in
            answer.value = try service.remove(exactly: query)
        }
        return answer.value
    }

    /// Unlocks the default collection, with a dialog if it is needed and allowed.
    public func unlock() throws(SecretServiceError) {
        try converse { (service) throws(SecretServiceError) in
            guard let collection = try service.defaultCollection() else { throw .noCollection }
            if try service.isLocked(collection: collection) { try service.unlock([collection]) }
        }
    }

    func converse(
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

/// The attributes to look for.
struct Query: Sendable {
    let schema: SecretSchema
    let attributes: [String: String]

    init(_ schema: SecretSchema, _ attributes: [String: String]) throws(SecretServiceError) {
        // D-Bus cannot carry NUL, and the text before it could match another item's attribute.
        guard attributes.allSatisfy({ !$0.key.utf8.contains(0) && !$0.value.utf8.contains(0) }) else {
            throw .refused(reason: "a NUL byte in an attribute")
        }
        self.schema = schema
        self.attributes = attributes
    }

    /// Whether `found` is exactly these attributes, ignoring those that the service adds.
    func isExactly(_ found: [String: String]) -> Bool {
        schema.attributes.allSatisfy { found[$0] == attributes[$0] }
            && attributes.allSatisfy { found[$0.key] == $0.value }
    }
}
