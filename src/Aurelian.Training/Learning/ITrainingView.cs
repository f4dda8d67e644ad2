using Aurelian.Training.Recording;

namespace Aurelian.Training.Learning;

/// <summary>Someone who watches a training run go on, for example a terminal.</summary>
internal interface ITrainingView
{
    void Say(string what);

    void Show(MetricsLine line);
}
