using System.Data;
using Dapper;
using Npgsql;

namespace PoA.Nostr.Database;

/// <summary>Dapper, with the token and the transaction never left out. This is all the data layer there is.</summary>
public static class Sql
{
    /// <summary>PostgreSQL's arrays arrive as System.Array: with these a record may have them as parameters.</summary>
    static Sql()
    {
        SqlMapper.AddTypeHandler(new ArrayHandler<int>());
        SqlMapper.AddTypeHandler(new ArrayHandler<long>());
        SqlMapper.AddTypeHandler(new ArrayHandler<string>());
    }

    /// <summary>The only row, or the default when there is none. Two rows are an error.</summary>
    public static async Task<T?> OneAsync<T>(
        this NpgsqlDataSource db, string sql, object? args, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<T>(new(sql, args, cancellationToken: ct));
    }

    public static Task<T?> OneAsync<T>(
        this NpgsqlTransaction tx, string sql, object? args, CancellationToken ct) =>
        tx.Connection!.QuerySingleOrDefaultAsync<T>(new(sql, args, tx, cancellationToken: ct));

    /// <summary>
    /// A lock and then a row, in one round trip: the second statement sees what was committed while the first waited.
    /// </summary>
    public static async Task<T> OneLockedAsync<T>(
        this NpgsqlTransaction tx, string selectLock, string sql, object? args, CancellationToken ct)
    {
        await using var answers = await tx.Connection!.QueryMultipleAsync(
            new($"{selectLock};{sql}", args, tx, cancellationToken: ct));
        _ = await answers.ReadAsync();
        return await answers.ReadSingleAsync<T>();
    }

    public static async Task<List<T>> ManyAsync<T>(
        this NpgsqlDataSource db, string sql, object? args, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<T>(new(sql, args, cancellationToken: ct))).AsList();
    }

    public static async Task<List<T>> ManyAsync<T>(
        this NpgsqlTransaction tx, string sql, object? args, CancellationToken ct) =>
        (await tx.Connection!.QueryAsync<T>(new(sql, args, tx, cancellationToken: ct))).AsList();

    /// <summary>How many rows the statement touched.</summary>
    public static async Task<int> RunAsync(
        this NpgsqlDataSource db, string sql, object? args, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        return await connection.ExecuteAsync(new(sql, args, cancellationToken: ct));
    }

    /// <summary>How many rows the statement touched.</summary>
    public static Task<int> RunAsync(this NpgsqlTransaction tx, string sql, object? args, CancellationToken ct) =>
        tx.Connection!.ExecuteAsync(new(sql, args, tx, cancellationToken: ct));

    /// <summary>Commits when the work returns and rolls back when it throws.</summary>
    public static async Task<T> InTransactionAsync<T>(
        this NpgsqlDataSource db, Func<NpgsqlTransaction, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        AfterCommit.Begin(tx);
        var result = await work(tx);
        await tx.CommitAsync(ct);
        AfterCommit.Committed(tx);
        return result;
    }

    /// <summary>Commits when the work returns and rolls back when it throws.</summary>
    public static async Task InTransactionAsync(
        this NpgsqlDataSource db, Func<NpgsqlTransaction, Task> work, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        AfterCommit.Begin(tx);
        await work(tx);
        await tx.CommitAsync(ct);
        AfterCommit.Committed(tx);
    }

    sealed class ArrayHandler<T> : SqlMapper.TypeHandler<T[]>
    {
        public override T[]? Parse(object value) => (T[])value;

        public override void SetValue(IDbDataParameter parameter, T[]? value) => parameter.Value = value;
    }
}
