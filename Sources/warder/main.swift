print("warder")
