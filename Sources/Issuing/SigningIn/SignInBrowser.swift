import Linux
import Prompt
import Setup
import Text

/// The browser of this machine, in which the user signs in.
struct SignInBrowser {
    let context: Context

    /// Whether there is a display for one, or a variable that names one.
    var isHere: Bool {
        context.environment.nonEmpty("DISPLAY") != nil || context.environment.nonEmpty("WAYLAND_DISPLAY") != nil
            || context.environment.nonEmpty("BROWSER") != nil
    }

    /// Opens the entrance of a listener without waiting, and shows the page it leads to.
    func open(_ page: String, by entrance: String) {
        context.console.note("sign in with the browser; if it does not open, go to:")
        context.console.say(Shown(page))
        launch("xdg-open", [entrance], withheld: PassphraseSource.variables)
    }
}
