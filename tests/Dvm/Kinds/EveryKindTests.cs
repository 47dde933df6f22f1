using PoA.Nostr.Dvm;
using PoA.Nostr.Market.Jobs;
using PoA.Nostr.Tests.Support;

namespace PoA.Nostr.Tests.Dvm.Kinds;

/// <summary>What holds of every kind that is sold; a new one comes in by its line in DvmModule.</summary>
[Suite("slice")]
public sealed class EveryKindTests(KindsWorld world) : IClassFixture<KindsWorld>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Kinds_are_requests_and_none_is_sold_twice()
    {
        Assert.NotEmpty(world.Kinds);
        Assert.Equal(world.Kinds.Count, world.Kinds.DistinctBy(kind => kind.Kind).Count());
        Assert.Equal(world.Kinds.Count, world.Kinds.DistinctBy(kind => kind.Capability).Count());
        Assert.All(world.Kinds, kind => Assert.True(EventKinds.IsJobRequest(kind.Kind)));
        Assert.All(world.Kinds, kind => Assert.True(kind.HasVerifier));
        Assert.All(world.Kinds, kind => Assert.InRange(kind.About.Length, 20, 500));
    }

    [Fact]
    public Task The_example_is_accepted_runs_and_is_verified() => EachAsync(async (kind, work) =>
    {
        var output = await kind.RunAsync(work, Ignore, Ct);

        Assert.NotEmpty(output.Content);
        Assert.NotEqual("[]", output.Content);
        Assert.Null(await kind.VerifyAsync(work, output, Ct));
    });

    [Fact]
    public Task The_same_example_gives_the_same_answer_again() => EachAsync(async (kind, work) =>
        Assert.Equal((await kind.RunAsync(work, Ignore, Ct)).Content, (await kind.RunAsync(work, Ignore, Ct)).Content));

    [Fact]
    public Task A_tampered_output_does_not_pass() => EachAsync(async (kind, work) =>
    {
        var output = await kind.RunAsync(work, Ignore, Ct);
        foreach (var tampered in Tampered(output.Content))
        {
            Assert.NotNull(await kind.VerifyAsync(work, output with { Content = tampered }, Ct));
        }
    });

    [Fact]
    public Task An_oversized_input_is_refused_with_a_code() => EachAsync((kind, work) =>
    {
        var flood = new JobInput(new('a', Limits.JobInputBytesMax + 1), JobInputType.Text);
        AssertCoded(kind.Refuse(work with { Inputs = [flood] }));
        return Task.CompletedTask;
    });

    [Fact]
    public Task A_parameter_of_nonsense_is_refused_with_a_code() => EachAsync((kind, work) =>
    {
        foreach (var declared in kind.Params)
        {
            var others = work.Params.Where(p => p.Name != declared.Name);
            AssertCoded(kind.Refuse(work with { Params = [.. others, new(declared.Name, ["\u0001?!"])] }));
        }

        return Task.CompletedTask;
    });

    [Fact]
    public Task Odd_forms_never_break_the_check() => EachAsync((kind, work) =>
    {
        JobWork[] odd =
        [
            work with { Inputs = [] }, work with { Inputs = [new("", JobInputType.Text)] },
            work with { Inputs = [new("[", JobInputType.Text)] },
            work with { Inputs = [new("[[[{}]]]", JobInputType.Text)] },
            work with { Inputs = [new("file:///etc/passwd", JobInputType.Url)] },
            work with { Inputs = [new("\0\ud800", JobInputType.Event)] },
            work with { Params = [new("max_results", []), new("users", ["[[\"p\"]]"]), new("", [""])] },
            work with { Params = [.. Enumerable.Repeat(new JobParam("group", ["a"]), 64)] },
        ];
        foreach (var one in odd)
        {
            if (kind.Refuse(one) is { } problem) AssertCoded(problem);
        }

        return Task.CompletedTask;
    });

    async Task EachAsync(Func<JobKind, JobWork, Task> check)
    {
        foreach (var kind in world.Kinds)
        {
            var work = world.Work(kind, kind.Example);
            Assert.Null(kind.Refuse(work));
            try
            {
                await check(kind, work);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new InvalidOperationException($"Kind {kind.Kind}: {e.Message}", e);
            }
        }
    }

    /// <summary>Another letter or digit at the beginning, the middle and the end; cut short; more; nothing.</summary>
    static IEnumerable<string> Tampered(string content)
    {
        var places = content.Index().Where(c => char.IsAsciiLetterOrDigit(c.Item)).Select(c => c.Index).ToList();
        foreach (var place in new[] { places[0], places[places.Count / 2], places[^1] })
        {
            var other = content[place] is '1' or 'a' ? '2' : '1';
            yield return $"{content[..place]}{other}{content[(place + 1)..]}";
        }

        yield return content[..^1];
        yield return content + "1";
        yield return "";
    }

    static void AssertCoded(Problem? problem)
    {
        Assert.NotNull(problem);
        Assert.Matches("^[a-z]+/[a-z-]+$", problem.Code);
    }

    static Task Ignore(string partial) => Task.CompletedTask;
}
