using PoA.Nostr.Cli;

// One line a command; each is a file of this folder.
return await CommandLine.RunAsync(
    args,
    [
        JobCommand.Create(),
        ZkCommand.Create(),
    ]);
