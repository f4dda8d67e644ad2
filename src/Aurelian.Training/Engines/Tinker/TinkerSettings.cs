namespace Aurelian.Training.Engines.Tinker;

/// <summary>A server that holds the model, and how long it is waited for.</summary>
/// <param name="BaseModel">As the server calls it.</param>
/// <param name="Tokenizer">A folder with the base model's <c>tokenizer.json</c>.</param>
/// <param name="KeyVariable">The environment variable that holds the key; null: the server asks for none.</param>
/// <param name="Rank">Of the LoRA adapter; 0 trains all weights.</param>
/// <param name="RequestTimeout">Of one HTTP request; a long poll that takes longer is asked again.</param>
/// <param name="AnswerTimeout">From asking for something to its result, waiting for other clients included.</param>
/// <param name="RetryFor">How long what may pass (no connection, 408, 429, 5xx) is tried again.</param>
internal sealed record TinkerSettings(
    Uri Url, string BaseModel, string Tokenizer, string? KeyVariable, int Rank, TimeSpan RequestTimeout,
    TimeSpan AnswerTimeout, TimeSpan RetryFor);
