import Failures
import Secrets
import Setup
import Text

/// Writes to standard output what people read.
func printOut(_ shown: Shown) throws(Failure) { try printOut(data: shown.text) }

/// Writes to standard output what programs read, which has escapes of its own: JSON, statements of a shell, bare names.
func printOut(data text: String) throws(Failure) { try StandardStreams().give(data: text) }

/// Writes a secret that was asked for to standard output, in one call where the kernel allows. All of it must go out.
func printOut(_ secret: borrowing SecretBytes) throws(Failure) { try StandardStreams().give(secret) }

/// Writes a line to standard error.
func printMessage(_ shown: Shown) { StandardStreams().say(shown) }

/// Says something that is neither an answer nor a failure, in one line; what is from outside may stand in it as it is.
func note(_ text: String) { StandardStreams().note(text) }
