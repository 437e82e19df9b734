import Vault

/// The slot types that this version handles. Slots of other types are kept as they are, and can be removed.
package enum SlotTypes {
    /// In the order in which those that are unattended are tried, and all are made anew.
    package static let all: [any SlotHandler] = [PassphraseSlot(), KeyfileSlot(), RecoverySlot(), LibsecretSlot()]

    /// Those that open by themselves, the one for a desktop first.
    package static let unattended = Array(all.filter(\.isUnattended).reversed())
    /// Those that want a person.
    package static let attended = all.filter { !$0.isUnattended }

    /// The handler of a type; nil for a type that this version does not know.
    package static func handler(of type: SlotType) -> (any SlotHandler)? { all.first { $0.type == type } }
}

extension SlotSummary {
    /// The handler of its type; nil for a type that this version does not know.
    package var handler: (any SlotHandler)? { SlotTypes.handler(of: type) }
}
