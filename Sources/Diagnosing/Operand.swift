import Text

/// A profile's or a key's name as an operand of one of warder's commands.
func operand(_ name: String) -> String { (name.begins(with: "-") ? "-- " : "") + shellWord(name) }
