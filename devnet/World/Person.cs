using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PoA.Nostr.Devnet.World;

/// <summary>Somebody of the seeded world: nobody real, and the same at every start.</summary>
/// <param name="Key">Derived from the number, so it is no secret.</param>
/// <param name="Name">How they are called.</param>
/// <param name="Main">What they mostly talk about: their community.</param>
/// <param name="Side">What else they talk about.</param>
/// <param name="Weight">How well known they are: few are, most are not.</param>
sealed record Person(SecretKey Key, string Name, Topic Main, Topic Side, double Weight)
{
    static readonly string[] First =
    [
        "quiet", "amber", "north", "mossy", "copper", "lunar", "salt", "river", "velvet", "granite", "hazel", "brisk",
        "silver", "wild", "paper", "winter", "cedar", "slow", "bright", "dusty",
    ];

    static readonly string[] Last =
    [
        "harbor", "lantern", "fox", "meadow", "sparrow", "anvil", "orchard", "comet", "ferry", "willow", "pebble",
        "heron", "signal", "kettle", "compass", "thicket", "badger", "loom", "ember", "tide",
    ];

    public string Pubkey => Key.Pubkey;

    public static IReadOnlyList<Person> People(int count)
    {
        var seeded = new Seeded("people");
        List<Person> people = [];
        for (var i = 0; i < count; i++)
        {
            var name = First[i % First.Length] + Last[((i / First.Length) + (i * 7)) % Last.Length];
            people.Add(new(
                KeyOf(i.ToString(CultureInfo.InvariantCulture)), name, Topics.All[i % Topics.All.Count],
                seeded.Pick(Topics.All), 1.0 / ((i / Topics.All.Count) + 1.5)));
        }

        return people;
    }

    public static SecretKey KeyOf(string name) =>
        SecretKey.FromBytes(SHA256.HashData(Encoding.UTF8.GetBytes("poa-nostr devnet person " + name)));
}
