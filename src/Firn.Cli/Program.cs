Console.WriteLine("firn");
