namespace PoA.Nostr.Devnet.Relay;

/// <summary>What this relay says about itself (NIP-11): what it can do, and its limits.</summary>
static class OwnInformation
{
    public static RelayInformation Of(RelayOptions options) => new()
    {
        Name = "PoA.Nostr devnet",
        Description = "A relay for development, on this machine alone.",
        Software = "PoA.Nostr",
        Version = typeof(OwnInformation).Assembly.GetName().Version!.ToString(3),
        SupportedNips = [1, 9, 11, 40, 42, 45, 70, 77],
        Limitation = new()
        {
            MaxMessageLength = Limits.ClientMessageBytesMax,
            MaxEventLength = Limits.EventBytesMax,
            MaxSubscriptions = options.SubscriptionsMax,
            MaxFilters = Limits.FiltersMax,
            MaxLimit = options.LimitMax,
            DefaultLimit = options.LimitDefault,
            MaxSubidLength = Limits.SubscriptionCharsMax,
            MaxEventTags = Limits.EventTagsMax,
            AuthRequired = false,
            PaymentRequired = false,
            RestrictedWrites = false,
            CreatedAtLowerLimit = (long)options.AgeMax.TotalSeconds,
            CreatedAtUpperLimit = (long)options.FutureMax.TotalSeconds,
        },
    };
}
