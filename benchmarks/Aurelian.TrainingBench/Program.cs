using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Aurelian.Training.Checkpoints;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Parameters;
using Aurelian.Training.Native;
using Aurelian.TrainingBench;

// Our side of './bench model'; the peer is benchmarks/Aurelian.Bench/Peers/qwen3_moe.py and takes the same commands.
//   make small|medium FOLDER     writes a random model
//   FOLDER THREADS               then commands on standard input, a line of JSON each in answer
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["make", var size, var target])
{
    TorchLibrary.Load(threads: 1);
    using Qwen3MoeModel made = new(Sizes.Of(size));
    made.Initialise(seed: 1);
    ModelFolder.Save(made, target);
    return 0;
}

TorchLibrary.Load(int.Parse(args[1], CultureInfo.InvariantCulture));
using Qwen3MoeModel model = ModelFolder.Load(args[0]);
model.Parameters.PrepareTraining();
using AdamW optimiser = new(model.Parameters, new AdamWSettings { WeightDecay = 0.01 });
Workload workload = new(model, optimiser);
while (Console.In.ReadLine() is { } line)
{
    string[] words = line.Split(' ');
    int[] numbers = [.. words.Skip(1).Select(word => int.Parse(word, CultureInfo.InvariantCulture))];
    TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
    long start = Stopwatch.GetTimestamp();
    (long tokens, double check) = words[0] == "train"
        ? workload.Train(numbers[0], numbers[1], numbers[2]) : workload.Generate(numbers[0], numbers[1], numbers[2]);
    double wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
    Console.Out.WriteLine(JsonSerializer.Serialize(new
    {
        tokens, check, wall, cpu = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds,
    }));
    Console.Out.Flush();
}

return 0;
