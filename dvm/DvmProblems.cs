namespace PoA.Nostr.Dvm;

/// <summary>Why a request that came over Nostr is not worked on.</summary>
public static class DvmProblems
{
    public static readonly Problem Malformed =
        new("dvm/malformed", 400, RecoveryAction.FixRequest, "This is not a NIP-90 job request that can be read.");

    public static readonly Problem TooManyTags = new(
        "dvm/too-many-tags", 413, RecoveryAction.FixRequest, $"A job request has at most {Limits.JobTagsMax} tags.");

    public static readonly Problem InputTooLarge = new(
        "dvm/input-too-large", 413, RecoveryAction.FixRequest,
        $"All inputs together are at most {Limits.JobInputBytesMax} bytes.");

    public static readonly Problem Expired =
        new("dvm/expired", 410, RecoveryAction.FixRequest, "The request is too old to start: send a new one.");

    public static readonly Problem FromTheFuture = new(
        "dvm/from-the-future", 400, RecoveryAction.FixRequest,
        "The request is dated in the future: set the clock and send a new one.");

    public static readonly Problem KindNotSold =
        new("dvm/kind-not-sold", 404, RecoveryAction.GoElsewhere, "This agent does not do jobs of this kind.");

    public static readonly Problem BidTooLow =
        new("dvm/bid-too-low", 402, RecoveryAction.Pay, "The bid is below the price of this job.");

    public static readonly Problem UnsupportedInput = new(
        "dvm/unsupported-input", 400, RecoveryAction.FixRequest, "An input is of a type that this job does not take.");

    public static readonly Problem UrlRefused =
        new("dvm/url-refused", 400, RecoveryAction.FixRequest, "An input's address may not be fetched.");

    public static readonly Problem BlobMisnamed = new(
        "dvm/blob-misnamed", 400, RecoveryAction.FixRequest,
        "A blob is named by its SHA-256 in hex, or by a blossom: address.");

    public static readonly Problem BlobSealed = new(
        "dvm/blob-sealed", 400, RecoveryAction.FixRequest,
        "A sealed blob must open to a text: AES-256-GCM with its tag at the end, key and nonce of 12 bytes in hex.");

    public static readonly Problem WronglyEncrypted = new(
        "dvm/wrongly-encrypted", 400, RecoveryAction.FixRequest,
        "The request is encrypted in a way that this agent cannot open.");

    public static readonly Problem OverCapacity = new(
        "dvm/over-capacity", 429, RecoveryAction.RetryLater, "This key sends more jobs than an unknown key may.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    public static readonly Problem AdmissionFailed = new(
        "dvm/admission-failed", 500, RecoveryAction.TellOperator, "We fell over this request: tell us its id.");

    public static readonly Problem ChainedJobUnknown = new(
        "dvm/chained-job-unknown", 404, RecoveryAction.FixRequest,
        "An input names a job that was not delivered here, or that is somebody else's secret.");

    public static readonly Problem ChainedJobUnfinished = new(
        "dvm/chained-job-unfinished", 409, RecoveryAction.RetryLater, "An input names a job that is still in work.")
    {
        RetryAfter = TimeSpan.FromSeconds(5),
    };
}
