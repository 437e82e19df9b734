import Arguments
import Desktop
import Failures
import Linux
import Sessions
import Stores

struct Lock: Command {
    static let name = "lock"
    static let watch = Flag("watch", "Keep running, and lock on suspend and with the screen.")
    static var description: CommandDescription {
        CommandDescription(
            "Takes the unlocked keys away.",
            """
            Cached sessions stay on disk, encrypted, and serve again after the next
            unlock. A store that opens by itself (the Secret Service, a vault with
            a keyfile) stays locked until warder unlock.

            With --watch it stays, and locks whenever the machine goes to sleep or
            the desktop locks its screen; systemctl --user enable --now warder-lock
            runs it so.

            examples:
              warder lock
              warder lock --watch
            """,
            [watch, Shared.noPrompt])
    }

    let given: Given

    func run() throws {
        let context = try given.context()
        guard given[Self.watch] else {
            let keys = Keys(context)
            guard let was = try keys.lock() else { return note("there is nothing to lock") }
            // Without a store, the key is gone for good.
            let more = try keys.store() == nil ? "; cached sessions and warder's own sign-ins are gone with it" : ""
            return note(was ? "locked" + more : "it was locked already")
        }
        do throws(LoginWatchError) {
            try watchLogin { event in
                do throws(Failure) {
                    guard try Keys(context).lock() == true else { return }
                    note(event == .suspending ? "locked: the machine goes to sleep" : "locked with the screen")
                } catch { error.show(on: context.console) }
            }
        } catch { throw Failure(error) }
    }
}
