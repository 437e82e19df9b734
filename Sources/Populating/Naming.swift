import Issuing
import Text

/// Gives each role a name of its own.
///
/// The names depend on the roles and the file alone, never on the order in which the portal lists them: where several
/// roles would get the same name, the account's number is appended to each.
struct Naming {
    /// The names of the roles, in their order.
    let names: [String]
    /// The positions of roles whose names other profiles have already.
    private(set) var clashes: [Int] = []
    /// The names as the template makes them.
    let wanted: [String]

    /// - Parameters:
    ///   - roles: sorted, each once.
    ///   - present: the name of the profile that a role has already; nil if none.
    ///   - others: the names that other profiles have.
    init(_ roles: [SignInRole], _ template: NameTemplate, present: [String?], others: Set<String>) {
        let wanted = roles.map { template.name(of: $0) }
        self.wanted = wanted
        var claims: [String: Int] = [:]
        for name in wanted { claims[name, default: 0] += 1 }
        var taken = others
        var found: [String?] = roles.indices.map { index in
            guard let name = present[index] else { return nil }
            let isOwn = name == wanted[index] && claims[name] == 1
            return isOwn || Self.isNumbered(name, wanted[index], roles[index]) ? name : nil
        }
        taken.formUnion(found.compactMap { $0 })
        for index in roles.indices where found[index] == nil {
            let name = wanted[index]
            if claims[name] == 1, !taken.contains(name), name != "default" {
                found[index] = name
            } else {
                if claims[name] == 1 { clashes.append(index) }
                found[index] = Self.numbered(name, roles[index]) { !taken.contains($0) && claims[$0] == nil }
            }
            taken.insert(found[index] ?? name)
        }
        names = zip(found, wanted).map { $0 ?? $1 }
    }

    /// The name with the account's number and, if that is taken too, a counter.
    private static func numbered(_ name: String, _ role: SignInRole, isFree: (String) -> Bool) -> String {
        let first = name + "-" + role.account.id
        if isFree(first) { return first }
        var count = 2
        while !isFree("\(first)-\(count)") { count += 1 }
        return "\(first)-\(count)"
    }

    /// Whether `numbered` could have made the name. Such a name stays, even if the reason for it is gone.
    private static func isNumbered(_ present: String, _ name: String, _ role: SignInRole) -> Bool {
        guard let rest = present.removingPrefix(name + "-" + role.account.id) else { return false }
        guard let digits = String(rest).removingPrefix("-") else { return rest.isEmpty }
        return !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) }
    }
}
