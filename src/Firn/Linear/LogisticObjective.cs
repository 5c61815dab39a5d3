namespace Firn.Linear;

/// <summary>
/// The loss of a logistic regression, its gradient and the products of its Hessian, over parameters [D*K + K]: the
/// weights [D,K], then the intercepts [K].
/// </summary>
internal sealed class LogisticObjective
{
    private readonly SparseMatrix _rows;
    private readonly int[] _labels;
    private readonly double[] _textWeights;
    private readonly double[] _probabilities;
    private readonly double[] _buffer;
    private readonly int _k,
        _threads;
    private readonly double[] _factors; // [D*K]; empty for 1
    private readonly double[] _scaled;

    /// <param name="rows">[N,D].</param>
    /// <param name="labels">[N].</param>
    /// <param name="k">1 for two classes, else their number.</param>
    /// <param name="classWeights">By class; empty for 1.</param>
    /// <param name="inversePenalty">C.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="factors">[D,K] what each weight is multiplied by before it meets the rows; empty for 1.</param>
    public LogisticObjective(
        SparseMatrix rows,
        ReadOnlySpan<int> labels,
        int k,
        ReadOnlySpan<float> classWeights,
        double inversePenalty,
        int threads,
        double[]? factors = null
    )
    {
        _factors = factors ?? [];
        _scaled = new double[_factors.Length];
        _rows = rows;
        _labels = labels.ToArray();
        _k = k;
        _threads = threads;
        _textWeights = new double[labels.Length];
        for (int i = 0; i < labels.Length; i++)
            _textWeights[i] = inversePenalty * (classWeights.IsEmpty ? 1 : classWeights[labels[i]]);
        _probabilities = new double[rows.RowCount * k];
        _buffer = new double[rows.RowCount * k];
    }

    /// <summary>Number of parameters.</summary>
    public int Size => (_rows.ColumnCount + 1) * _k;

    /// <summary>Number of logits, N*K.</summary>
    public int LogitCount => _probabilities.Length;

    private int WeightCount => _rows.ColumnCount * _k;

    /// <summary>logits [N,K] = X W + b; linear in the parameters, so a direction has logits of its own.</summary>
    public void Logits(double[] parameters, double[] logits)
    {
        _rows.Multiply(Scaled(parameters), _k, logits, _threads);
        for (int i = 0; i < logits.Length; i++)
            logits[i] += parameters[WeightCount + i % _k];
    }

    /// <summary>The loss where the logits are a + step * b and the squared norm of the weights is given.</summary>
    public double Loss(double[] a, double[] b, double step, double squaredNorm)
    {
        double sum = 0;
        Span<double> row = stackalloc double[Math.Min(_k, 256)];
        row = _k > 256 ? new double[_k] : row;
        for (int i = 0; i < _labels.Length; i++)
        {
            for (int c = 0; c < _k; c++)
                row[c] = a[i * _k + c] + step * b[i * _k + c];
            sum += _textWeights[i] * CrossEntropy(row, _labels[i]);
        }
        return sum + squaredNorm / 2;
    }

    /// <summary>Sum of squares of the weights, the intercepts left out.</summary>
    public double WeightProduct(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < WeightCount; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>The gradient; keeps the probabilities for <see cref="HessianTimes"/>.</summary>
    public void Gradient(double[] parameters, double[] logits, double[] gradient)
    {
        for (int i = 0; i < _labels.Length; i++)
        {
            Span<double> p = _probabilities.AsSpan(i * _k, _k);
            logits.AsSpan(i * _k, _k).CopyTo(p);
            ToProbabilities(p);
            for (int c = 0; c < _k; c++)
            {
                bool hit = _k == 1 ? _labels[i] == 1 : _labels[i] == c;
                _buffer[i * _k + c] = _textWeights[i] * (p[c] - (hit ? 1 : 0));
            }
        }
        BackToParameters(_buffer, parameters, gradient);
    }

    /// <summary>product = H * direction, H = I (on the weights) + C X' (diag(p) - p p') X.</summary>
    public void HessianTimes(double[] direction, double[] product)
    {
        Logits(direction, _buffer);
        for (int i = 0; i < _labels.Length; i++)
        {
            Span<double> z = _buffer.AsSpan(i * _k, _k);
            ReadOnlySpan<double> p = _probabilities.AsSpan(i * _k, _k);
            double mean = 0;
            for (int c = 0; c < _k; c++)
                mean += p[c] * z[c];
            for (int c = 0; c < _k; c++)
                z[c] = _textWeights[i] * p[c] * (z[c] - mean);
        }
        BackToParameters(_buffer, direction, product);
    }

    /// <summary>The Hessian's diagonal.</summary>
    public void Diagonal(double[] diagonal)
    {
        Span<double> intercepts = diagonal.AsSpan(WeightCount);
        intercepts.Clear();
        for (int i = 0; i < _buffer.Length; i++)
        {
            double p = _probabilities[i];
            _buffer[i] = _textWeights[i / _k] * p * (1 - p);
            intercepts[i % _k] += _buffer[i];
        }
        _rows.MultiplySquaresTransposed(_buffer, _k, diagonal, _threads);
        for (int i = 0; i < _factors.Length; i++)
            diagonal[i] *= _factors[i] * _factors[i];
        for (int i = 0; i < WeightCount; i++)
            diagonal[i] += 1;
        foreach (ref double d in intercepts)
            d = Math.Max(d, 1e-12);
    }

    /// <summary>Softmax in place; one value becomes its sigmoid.</summary>
    public static void ToProbabilities(Span<double> z)
    {
        if (z.Length == 1)
        {
            z[0] = 1 / (1 + Math.Exp(-z[0]));
            return;
        }
        double highest = double.NegativeInfinity,
            sum = 0;
        foreach (double value in z)
            highest = Math.Max(highest, value);
        foreach (ref double value in z)
            sum += value = Math.Exp(value - highest);
        foreach (ref double value in z)
            value /= sum;
    }

    private void BackToParameters(double[] perLogit, double[] penalised, double[] destination)
    {
        _rows.MultiplyTransposed(perLogit, _k, destination, _threads);
        for (int i = 0; i < _factors.Length; i++)
            destination[i] *= _factors[i];
        for (int i = 0; i < WeightCount; i++)
            destination[i] += penalised[i];
        Span<double> intercepts = destination.AsSpan(WeightCount);
        intercepts.Clear();
        for (int i = 0; i < perLogit.Length; i++)
            intercepts[i % _k] += perLogit[i];
    }

    private double[] Scaled(double[] parameters)
    {
        for (int i = 0; i < _factors.Length; i++)
            _scaled[i] = _factors[i] * parameters[i];
        return _factors.Length == 0 ? parameters : _scaled;
    }

    private static double CrossEntropy(ReadOnlySpan<double> z, int label)
    {
        if (z.Length == 1)
        {
            double margin = label == 1 ? z[0] : -z[0];
            return margin > 0 ? Math.Log(1 + Math.Exp(-margin)) : -margin + Math.Log(1 + Math.Exp(margin));
        }
        double highest = double.NegativeInfinity,
            sum = 0;
        foreach (double value in z)
            highest = Math.Max(highest, value);
        foreach (double value in z)
            sum += Math.Exp(value - highest);
        return highest + Math.Log(sum) - z[label];
    }
}
