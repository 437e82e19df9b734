import Secrets

/// A header whose value is secret: a session token, a bearer token.
public struct SecretHeader: ~Copyable, Sendable {
    let name: String
    let value: SecretBytes

    /// A header with this name and value.
    public init(_ name: String, _ value: consuming SecretBytes) {
        self.name = name
        self.value = value
    }
}

/// A header whose value is not secret.
public struct Header: Equatable, Sendable {
    /// The name.
    public let name: String
    /// The value.
    public let value: String

    /// A header with this name and value.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// One HTTP request.
public struct HTTPRequest: ~Copyable, Sendable {
    /// `GET`, `POST`, `PUT`.
    public let method: String
    /// The URL to send it to.
    public let url: ServiceURL
    /// The URL's query, encoded; it may hold a secret.
    public let query: SecretBytes?
    /// The headers, except those that libcurl adds (`Host`, `Content-Length`, `User-Agent`).
    public let headers: [Header]
    /// An additional, secret header.
    public let secretHeader: SecretHeader?
    /// The body.
    public let body: SecretBytes?
    /// Milliseconds for the whole request, from its start to the last byte of the response.
    public let timeout: Int
    /// Whether a second delivery would do harm. The request then uses a new connection, because libcurl repeats a
    /// request by itself if a connection that it kept turns out to be closed.
    public let isOnce: Bool

    /// A request made of its parts.
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

extension HTTPRequest {
    /// The same request, with a timeout of `milliseconds` at most.
    package borrowing func limited(to milliseconds: Int) -> HTTPRequest {
        HTTPRequest(
            method: method, url: url, query: copied(query), headers: headers, secretHeader: copiedHeader(),
            body: copied(body), timeout: min(timeout, milliseconds), isOnce: isOnce)
    }

    private borrowing func copiedHeader() -> SecretHeader? {
        switch secretHeader {
        case .some(let header): SecretHeader(header.name, header.value.copy())
        case .none: nil
        }
    }
}

private func copied(_ bytes: borrowing SecretBytes?) -> SecretBytes? {
    switch bytes {
    case .some(let bytes): bytes.copy()
    case .none: nil
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

    /// A response made of its parts.
    public init(status: Int, date: String?, contentType: String?, body: consuming SecretBytes) {
        self.status = status
        self.date = date
        self.contentType = contentType
        self.body = body
    }
}

/// Sends requests: libcurl, or a replay in a test.
public protocol HTTPSender {
    /// Sends a request and waits for the response, but no longer than the request's timeout.
    func send(_ request: borrowing HTTPRequest) throws(TransportError) -> HTTPResponse

    /// Closes what is kept open between requests: connections, and the sender's own descriptors.
    func closeConnection()
}

extension HTTPSender {
    /// Does nothing: this sender keeps nothing open.
    public func closeConnection() {}
}
