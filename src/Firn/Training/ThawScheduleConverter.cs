using System.ComponentModel;
using System.Globalization;

namespace Firn.Training;

/// <summary>Schedules as configuration files write them: the text of <see cref="ThawSchedule.Parse"/>.</summary>
internal sealed class ThawScheduleConverter : TypeConverter
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) =>
        sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        value is string text ? ThawSchedule.Parse(text) : base.ConvertFrom(context, culture, value);
}
