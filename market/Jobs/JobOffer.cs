namespace PoA.Nostr.Market.Jobs;

/// <summary>One kind of work that can be done here: who does it, at what price, how long it may take.</summary>
/// <param name="Kind">The request kind, 5000 to 5999.</param>
/// <param name="Capability">Its word in KindMapper.</param>
/// <param name="Price">What template agents ask for it; zero is free.</param>
/// <param name="Deadline">From the start of the work to its end.</param>
/// <param name="Executor">Who does it.</param>
public sealed record JobOffer(int Kind, string Capability, Msat Price, TimeSpan Deadline, IJobExecutor Executor);
