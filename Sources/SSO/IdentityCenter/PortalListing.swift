import Secrets
import Signing
import Transport

/// An AWS account that a user of IAM Identity Center may enter.
public struct PortalAccount: Equatable, Sendable {
    /// Its twelve digits.
    public let id: String
    /// The name that its organization gave it; any characters, or none.
    public let name: String
    /// The address of its root user; empty if the portal does not say it.
    public let email: String

    /// An account.
    public init(id: String, name: String, email: String) {
        self.id = id
        self.name = name
        self.email = email
    }
}

/// What a sign-in may use: `ListAccounts` and `ListAccountRoles` of the IAM Identity Center Portal API Reference.
extension PortalClient {
    /// The accounts that the user is assigned to, in the portal's order.
    ///
    /// - Throws: `.signInNeeded` if the token is no longer valid; `.endlessList` if the portal never ends its list.
    public func accounts(token: borrowing SecretBytes) throws(SignInError) -> [PortalAccount] {
        let rows = try list(
            "/assignment/accounts", [], "accountList", ["accountId", "accountName", "emailAddress"], token)
        return try rows.map { (row) throws(SignInError) in
            guard let id = row[0], isAccountID(id) else { throw .missing("accountId", status: 200) }
            return PortalAccount(id: id, name: row[1] ?? "", email: row[2] ?? "")
        }
    }

    /// The names of the roles that the user has in an account, in the portal's order.
    ///
    /// - Throws: as `accounts`.
    public func roles(in account: String, token: borrowing SecretBytes) throws(SignInError) -> [String] {
        let rows = try list("/assignment/roles", [("account_id", account)], "roleList", ["roleName"], token)
        return try rows.map { (row) throws(SignInError) in
            guard let name = row[0], !name.isEmpty else { throw .missing("roleName", status: 200) }
            return name
        }
    }

    /// How many pages a list may have, of a hundred entries each.
    private static let pageLimit = 500

    /// All pages of a list.
    private func list(
        _ path: String, _ query: [(name: String, value: String)], _ list: String, _ names: [String],
        _ token: borrowing SecretBytes
    ) throws(SignInError) -> [[String?]] {
        let url = try endpoint.appending(path)
        var rows: [[String?]] = []
        // Empty for the first page.
        var next = SecretBytes(capacity: 0)
        for _ in 0..<Self.pageLimit {
            let page = try page(url, query, after: next, token)
            rows += try page.rows(list, names)
            switch try page.secretIfPresent("nextToken") {
            case .some(let token): next = token
            case .none: return rows
            }
        }
        throw .endlessList
    }

    /// One page. The portal lets a user ask for only so many in a second: while it says so, this waits, up to a minute.
    private func page(
        _ url: ServiceURL, _ query: [(name: String, value: String)], after next: borrowing SecretBytes,
        _ token: borrowing SecretBytes
    ) throws(SignInError) -> JSONResponse {
        var pauses: [Int64] = [2_000, 4_000, 8_000, 16_000, 20_000]
        while true {
            let response = try client.call(url) { limit in
                HTTPRequest(
                    method: "GET", url: url, query: text(query, after: next),
                    headers: [Header("Accept", "application/json")],
                    secretHeader: SecretHeader("x-amz-sso_bearer_token", token.copy()), timeout: limit)
            }
            if response.status == 401 { throw .signInNeeded }
            var secrets = SentSecrets()
            secrets.add(token)
            if (200...299).contains(response.status) { return try JSONResponse(response, hiding: secrets) }
            guard response.status == 429, !pauses.isEmpty else {
                throw portalError(try JSONResponse(response, hiding: secrets).refusal())
            }
            // Half of it at random, so that two commands do not ask in step.
            let pause = pauses.removeFirst()
            timing.sleep(pause / 2 + Int64(timing.random() * Double(pause / 2)))
        }
    }

    private func text(_ query: [(name: String, value: String)], after next: borrowing SecretBytes) -> SecretBytes {
        var text = SecretBytes("max_result=100")
        for (name, value) in query {
            text.append("&" + name + "=")
            text.appendPercentEncoded(value)
        }
        if !next.isEmpty {
            text.append("&next_token=")
            text.appendPercentEncoded(next)
        }
        return text
    }
}

private func isAccountID(_ text: String) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { (48...57).contains($0) }
}
