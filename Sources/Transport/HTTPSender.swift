import Secrets

/// One header whose value is a secret: a session token, a bearer token.
public struct SecretHeader: ~Copyable, Sendable {
    let name: String
    let value: SecretBytes

    /// Puts a name and its value together.
    public init(_ name: String, _ value: consuming SecretBytes) {
        self.name = name
        self.value = value
    }
}

/// One header whose value is no secret.
public struct Header: Equatable, Sendable {
    /// The name.
    public let name: String
    /// The value.
    public let value: String

    /// Puts a name and its value together.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// One HTTP request.
public struct HTTPRequest: ~Copyable, Sendable {
    /// `GET`, `POST`, `PUT`.
    public let method: String
    /// Where it goes.
    public let url: ServiceURL
    /// What stands behind the question mark of the URL, encoded; it may hold a secret.
    public let query: SecretBytes?
    /// The headers less those that libcurl makes (`Host`, `Content-Length`, `User-Agent`).
    public let headers: [Header]
    /// One header more.
    public let secretHeader: SecretHeader?
    /// The body.
    public let body: SecretBytes?
    /// Milliseconds until the request is given up, from its start to the last byte of the response.
    public let timeout: Int
    /// Whether a second delivery would do harm. The request then goes over a connection of its own, because libcurl
    /// sends a request again, unasked, where a connection that it kept turns out to be closed.
    public let isOnce: Bool

    /// Puts a request together.
    public init(
        method: String, url: ServiceURL, query: consuming SecretBytes? = nil, headers: [Header] = [],
        secretHeader: consuming SecretHeader? = nil, body: consuming SecretBytes? = nil, timeout: Int,
        isOnce: Bool = false
    ) {
        self.method = method
        self.url = url
        self.query = query
        self.headers = headers
        self.secretHeader = secretHeader
        self.body = body
        self.timeout = timeout
        self.isOnce = isOnce
    }
}

/// The answer to a request.
public struct HTTPResponse: ~Copyable, Sendable {
    /// The status code: 200 to 299, or 400 to 599.
    public let status: Int
    /// The `Date` header as sent.
    public let date: String?
    /// The `Content-Type` header as sent.
    public let contentType: String?
    /// The body, 256 KiB at most.
    public let body: SecretBytes

    /// Puts a response together.
    public init(status: Int, date: String?, contentType: String?, body: consuming SecretBytes) {
        self.status = status
        self.date = date
        self.contentType = contentType
        self.body = body
    }
}

/// What sends requests: libcurl, or a replay in a test.
public protocol HTTPSender {
    /// Sends a request and waits for the response, the request's timeout at most.
    func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPResponse

    /// Closes what is kept open between two requests: connections, and descriptors of its own.
    func closeConnection()
}

extension HTTPSender {
    /// Nothing is kept open.
    public func closeConnection() {}
}
