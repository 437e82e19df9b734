import Failures
import Secrets
import Setup
import Text

/// Writes text for people to standard output.
func printOut(_ shown: Shown) throws(Failure) { try printOut(data: shown.text) }

/// Writes output for programs to standard output; it has its own escaping: JSON, shell statements, bare names.
func printOut(data text: String) throws(Failure) { try StandardStreams().give(data: text) }

/// Writes a secret that the caller asked for to standard output, in one call if the kernel allows. All of it must go
/// out.
func printOut(_ secret: borrowing SecretBytes) throws(Failure) { try StandardStreams().give(secret) }

/// Writes a line to standard error.
func printMessage(_ shown: Shown) { StandardStreams().say(shown) }

/// Prints one line that is neither an answer nor a failure. `text` may contain unescaped text from outside.
func note(_ text: String) { StandardStreams().note(text) }
