import ArgumentParser
import Desktop
import Linux
import Sessions

struct Lock: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes the unlocked keys away.",
        discussion: """
            Cached sessions stay on disk, encrypted, and serve again after the next
            unlock. A store that opens by itself (the Secret Service, a vault with
            a keyfile) stays locked until warder unlock.

            With --watch it stays, and locks whenever the machine goes to sleep or
            the desktop locks its screen; systemctl --user enable --now warder-lock
            runs it so.

            examples:
              warder lock
              warder lock --watch
            """)

    @OptionGroup var common: CommonOptions
    @Flag(help: "Stay, and lock on suspend and with the screen.")
    var watch = false

    func run() throws {
        let context = try common.context()
        guard watch else {
            let keys = Keys(context)
            guard let was = try keys.lock() else { return note("there is nothing to lock") }
            // Without a store, nobody has the key any more.
            let more = try keys.store() == nil ? "; cached sessions and sign-ins are gone with it" : ""
            return note(was ? "locked" + more : "it was locked already")
        }
        do throws(LoginWatchError) {
            try watchLogin { event in
                do throws(Failure) {
                    guard try Keys(context).lock() == true else { return }
                    note(event == .suspending ? "locked: the machine goes to sleep" : "locked with the screen")
                } catch { error.show() }
            }
        } catch { throw Failure(error) }
    }
}

extension Keys {
    /// Takes what lies unlocked away; whether anything was, nil where there is no store.
    func lock() throws(Failure) -> Bool? {
        guard let state = try unlockedState() else { return nil }
        let store = try store()
        let vault = store as? VaultStore
        let left = try vault?.dataKeyState()
        // Where that cannot be told, it is held back.
        let opensByItself = vault.map { (try? $0.hasUnattendedSlot()) ?? true } ?? (store != nil)
        var failure: UnlockedStateError?
        do throws(UnlockedStateError) { try left?.lock() } catch { failure = error }
        vault?.sharedOpening?.forget()
        let was: Bool
        do throws(UnlockedStateError) { was = opensByItself ? try state.hold() : try state.lock() } catch {
            throw Failure.notLocked(error)
        }
        if let failure { throw Failure.notLocked(failure) }
        return was
    }
}
