import Failures
import Importing
import Setup
import Stores
import Text

/// What `import` shows, and the one yes that it asks for.
struct ImportDialogue {
    let context: Context
    /// It ends when all is shown.
    let isDry: Bool
    /// The command line says yes.
    let isSure: Bool

    /// Fails, before anything is opened, if the user cannot be asked for a yes.
    func refuseUnasked() throws(Failure) {
        guard !isDry, !isSure, !context.canAsk else { return }
        throw Failure(
            .promptNeeded, "a yes is needed, and there is no terminal to ask on",
            hint: "see what would change (warder import --dry-run), then give --yes")
    }

    func ask(_ question: String) throws(Failure) {
        if isSure { return }
        guard try context.confirm(question, otherwise: false, unasked: false) else {
            throw Failure(.promptNeeded, "nothing was changed", hint: "say yes, or give --yes")
        }
    }

    func show(_ difference: [String]) throws(Failure) {
        guard !difference.isEmpty else { return }
        try printOut("\n")
        try printOut(difference: difference, context)
    }
}

/// `import` from the AWS files, as the command does it and `add` offers it.
struct FileImport {
    let work: KeyImport
    let dialogue: ImportDialogue

    /// Offers, at a terminal, to import a key that was just stored and is in plain text too.
    ///
    /// - Parameter keys: the store, opened.
    static func offer(_ profiles: [String], _ context: Context, _ keys: Keys) throws(Failure) {
        guard !profiles.isEmpty, context.canAsk else { return }
        let names = profiles.map(shellWord).joined(separator: " ")
        guard try context.confirm("run warder import \(names) now?", otherwise: true, unasked: false) else { return }
        var wishes = ImportPlan.Wishes()
        wishes.names = profiles
        let work = KeyImport(context, verifies: false, store: nil, mayAsk: true, keys: keys)
        try FileImport(
            work: work, dialogue: ImportDialogue(context: context, isDry: false, isSure: false)
        ).run(wishes)
    }

    func run(_ wanted: ImportPlan.Wishes) throws(Failure) {
        var wishes = wanted
        let look = try work.plan(wishes, opening: false)
        try look.refuseNamed()
        guard !look.items.isEmpty else {
            if !dialogue.isDry { try look.removeLeftovers() }
            return try look.finishEmpty()
        }
        try dialogue.refuseUnasked()
        if !look.withOwnDevice.isEmpty, !dialogue.isDry, !dialogue.isSure {
            wishes.adopts = try offerAdoption(of: look.withOwnDevice)
        }
        let plan = dialogue.isDry ? look : try work.plan(wishes, opening: true)
        try plan.refuseFirst()
        if !plan.items.isEmpty { try printOut(plan.shown) }
        for difference in plan.differences { try dialogue.show(difference) }
        if dialogue.isDry { return try plan.finish() }
        try dialogue.ask("import \(plan.count)?")
        let done = try work.carryOut(plan)
        done.reportLeftovers()
        done.reportOwnDevices()
        done.reportSessions(opensUnasked: work.opensUnasked)
        try done.finish()
    }

    /// SDKs ask for the codes of such roles themselves, each process for itself.
    private func offerAdoption(of profiles: [String]) throws(Failure) -> Bool {
        let isOne = profiles.count == 1
        let verb = isOne ? "has an MFA device of its own" : "have MFA devices of their own"
        let object = isOne ? "it" : "them"
        note("\(listed(profiles)) \(verb), and SDKs ask for \(isOne ? "its code" : "their codes") in each process")
        return try dialogue.context.confirm(
            "adopt \(object) too, so that warder asks?", otherwise: true, unasked: false)
    }
}
